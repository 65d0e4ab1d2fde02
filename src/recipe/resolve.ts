import * as fs from 'node:fs';
import * as path from 'node:path';
import { didYouMean } from '../common/suggest';
import { type ParsedRecipe, throwFindings } from './parse';
import type { Finding } from './problem';
import { formatReference, parseReference } from './reference';
import type { ModelReference, Recipe } from './schema';
import { liesIn, workspacePath } from './workspace';

/**
 * The recipe as a run keeps it: paths, written relative to the recipe file, are relative to the workspace where
 * they lie inside it, else absolute. Throws `RecipeError` for files that do not exist and for code
 * outside the workspace; whether `run:` references exist is not looked at.
 */
export function resolveRecipe(parsed: ParsedRecipe, options: { readonly workspace: string }): Recipe {
  const paths = new PathResolver(
    fs.realpathSync(path.dirname(path.resolve(parsed.source.file))),
    fs.realpathSync(options.workspace),
  );
  const { recipe } = parsed;
  const resolved: Recipe = {
    ...recipe,
    data: { ...recipe.data, source: resolveSource(recipe.data.source, paths) },
    student: resolveModel('student', recipe.student, paths),
    ...(recipe.teacher && { teacher: resolveModel('teacher', recipe.teacher, paths) }),
    ...(recipe.teachers && { teachers: resolveTeachers(recipe.teachers, paths) }),
  };
  throwFindings(parsed.source, paths.findings);
  return resolved;
}

function resolveTeachers(
  teachers: NonNullable<Recipe['teachers']>,
  paths: PathResolver,
): NonNullable<Recipe['teachers']> {
  return Object.fromEntries(
    Object.entries(teachers).map(([name, teacher]) => [
      name,
      resolveModel(`teachers.${name}`, teacher, paths),
    ]),
  );
}

function resolveModel<Model extends ModelReference>(role: string, model: Model, paths: PathResolver): Model {
  return {
    ...model,
    model: paths.reference(`${role}.model`, model.model),
    weights: model.weights === null ? null : paths.reference(`${role}.weights`, model.weights),
  };
}

function resolveSource(source: Recipe['data']['source'], paths: PathResolver): Recipe['data']['source'] {
  if (typeof source.path !== 'string') return source;
  const place = 'data.source.path';
  // The one format that runs what it reads.
  const resolved =
    source.format === 'module' ? paths.code(place, source.path) : paths.data(place, source.path);
  return { ...source, path: resolved };
}

/** Turns paths into those of the workspace, and gathers what is wrong with them. */
class PathResolver {
  readonly findings: Finding[] = [];

  constructor(
    private readonly base: string,
    private readonly workspace: string,
  ) {}

  reference(place: string, written: string): string {
    const reference = parseReference(written);
    switch (reference.kind) {
      case 'module':
        return formatReference({ ...reference, file: this.code(place, reference.file) });
      case 'file':
        return formatReference({ ...reference, file: this.data(place, reference.file) });
      case 'builtin':
      case 'run':
        return written;
    }
  }

  /** A file or folder, which may lie anywhere. */
  data(place: string, written: string): string {
    const file = path.resolve(this.base, written);
    if (!fs.existsSync(file)) this.refuse(place, `there is no file or folder ${file}${similar(file)}`);
    return workspacePath(this.workspace, file);
  }

  /** A file that will be run: it must lie in the workspace, also behind a link. */
  code(place: string, written: string): string {
    const file = path.resolve(this.base, written);
    if (!isFile(file)) {
      const isThere = fs.existsSync(file);
      this.refuse(place, isThere ? `${file} is no file` : `there is no file ${file}${similar(file)}`);
    } else if (!liesIn(this.workspace, fs.realpathSync(file))) {
      const advice = 'copy it there, or start from a folder that holds both';
      this.refuse(place, `code must lie in the workspace ${this.workspace}; ${advice}`);
    }
    return workspacePath(this.workspace, file);
  }

  private refuse(path: string, message: string): void {
    this.findings.push({ path, message });
  }
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** `; did you mean "resnet.ts"?` from the files beside the one that does not exist. */
function similar(file: string): string {
  try {
    return didYouMean(path.basename(file), fs.readdirSync(path.dirname(file)));
  } catch {
    return '';
  }
}
