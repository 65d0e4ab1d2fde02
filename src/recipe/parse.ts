import * as fs from 'node:fs';
import { InputError, errorCode, messageOf } from '../common/errors';
import type { Catalogue } from './catalogue';
import { type Finding, RecipeError, type RecipeProblem } from './problem';
import { checkRules } from './rules';
import type { Recipe } from './schema';
import { type RecipeSource, locate, readSource } from './source';
import { validateRecipe } from './validate';

export interface ParsedRecipe {
  /** Defaults filled in, short forms written out; paths as written, relative to the file. */
  readonly recipe: Recipe;
  readonly source: RecipeSource;
}

export interface ParseOptions {
  /** The recipe's file, as the user gave it: named in messages, and what relative paths start from. */
  readonly file: string;
  readonly catalogue: Catalogue;
  /** `--set` values, as `train.epochs=2`. */
  readonly overrides?: readonly string[];
}

/** Reads a recipe; throws `RecipeError` with everything that is wrong with it. */
export function parseRecipe(text: string, options: ParseOptions): ParsedRecipe {
  const source = readSource(text, options.file, options.overrides);
  const value = structuredClone(source.value);
  throwFindings(source, validateRecipe(value, options.catalogue));
  const recipe = value as Recipe;
  throwFindings(source, checkRules(recipe, options.catalogue, options.file));
  return { recipe, source };
}

/** Throws `TypeError` for other bytes, of which the name of an experiment could be made otherwise. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `parseRecipe` of a file; throws `InputError` if it cannot be read. */
export function readRecipe(options: ParseOptions): ParsedRecipe {
  let text: string;
  try {
    text = utf8.decode(fs.readFileSync(options.file));
  } catch (error) {
    if (error instanceof TypeError) {
      throw new InputError(`${options.file}: the recipe is not encoded as UTF-8; save it so`);
    }
    const reason = errorCode(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new InputError(`${options.file}: the recipe cannot be read: ${reason}`);
  }
  return parseRecipe(text, options);
}

/** Gives its place to something that was found wrong later, such as a layer that the real model lacks. */
export function problemAt(parsed: ParsedRecipe, path: string, message: string): RecipeProblem {
  return locate(parsed.source, { path, message });
}

/** Throws `RecipeError` if there are findings, placed in the file and in the order of the file. */
export function throwFindings(source: RecipeSource, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const problems = findings.map((finding) => locate(source, finding));
  throw new RecipeError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}
