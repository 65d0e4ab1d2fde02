import { parser } from '@lezer/javascript';
import { type ChangedRange, type Tree, TreeFragment } from '@lezer/common';
import { findModels } from './find-models';
import type { ModelSource } from './model-source';
import { outlineOf } from './outline';

/** Loaded on first use: the parser's tables are the heavy part of the lenses. */

const dialects: Readonly<Record<string, string>> = {
  typescript: 'ts',
  typescriptreact: 'ts jsx',
  javascript: 'jsx',
  javascriptreact: 'jsx',
};

/** Milliseconds that parsing takes before it lets others work, and steps between two looks at the clock. */
const SLICE = 8;
const STEPS = 32;

/** What a text says about models; `isWhole` is false where the parser had to guess what is meant. */
export interface ReadSource {
  readonly source: ModelSource;
  readonly isWhole: boolean;
}

/** The syntax of one document through its edits: what an edit leaves alone is not parsed again. */
export class Syntax {
  private fragments: readonly TreeFragment[] = [];
  /** What was edited while a reading was under way. */
  private meanwhile: ChangedRange[][] = [];

  constructor(private readonly languageId: string) {}

  /** Tells of an edit since the last reading. */
  change(ranges: ChangedRange[]): void {
    this.meanwhile.push(ranges);
    this.fragments = TreeFragment.applyChanges(this.fragments, ranges);
  }

  /** Reads the text as it now is; the work is done in slices. One reading at a time. */
  async read(text: string): Promise<ReadSource> {
    this.meanwhile = [];
    const dialect = dialects[this.languageId] ?? 'jsx';
    const parse = parser.configure({ dialect }).startParse(text, this.fragments);
    let tree: Tree | null = null;
    for (let start = performance.now(), steps = 1; tree === null; steps++) {
      tree = parse.advance();
      if (steps % STEPS !== 0 || performance.now() - start < SLICE) continue;
      await letOthersWork();
      start = performance.now();
    }
    this.fragments = this.meanwhile.reduce(
      (fragments, ranges) => TreeFragment.applyChanges(fragments, ranges),
      TreeFragment.addTree(tree),
    );
    await letOthersWork();
    const outline = outlineOf(tree, text);
    await letOthersWork();
    return { source: findModels(outline), isWhole: !outline.hasErrors };
  }
}

function letOthersWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
