import { InputError } from '../common/errors';

/** What is wrong in a recipe, before it is known in which line of which file. */
export interface Finding {
  /** `hooks[1].student`; empty for the recipe as a whole. */
  readonly path: string;
  /** What follows the path: `no layer "stage4"; did you mean "stage3"?` */
  readonly message: string;
  /** What the problem is about: the value there (default), or the key itself. */
  readonly about?: 'key' | 'value';
  /** For those who can offer more than the sentence. */
  readonly code?: 'untrained-teacher';
}

export interface RecipeProblem {
  readonly path: string;
  readonly message: string;
  readonly file: string;
  /** From 1. A key that is missing is placed at the object that lacks it. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The override that put the value there, `train.epochs=two`, if one did. */
  readonly override?: string;
  readonly code?: 'untrained-teacher';
}

/** One sentence: `hooks[1].student: no layer "stage4"; did you mean "stage3"? (resnet.distill.json, line 12)`. */
export function describeProblem(problem: RecipeProblem): string {
  const { path, message, file, line, column, override } = problem;
  if (path === '') return printable(`${message} (${file}, line ${line}, column ${column})`);
  const place = override === undefined ? `${file}, line ${line}` : `--set ${override}`;
  return printable(`${path}: ${message} (${place})`);
}

/** What a recipe says is printed: its control characters must not steer the terminal. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A recipe that cannot be run; the message has one line for each problem. */
export class RecipeError extends InputError {
  constructor(readonly problems: readonly RecipeProblem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}
