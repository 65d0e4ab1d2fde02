import { createRequire } from 'node:module';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import { distFile } from '../common/files';
import type { Catalogue } from './catalogue';
import { recipeSchema } from './full-schema';
import { isBuiltCatalogue } from './load-catalogue';
import type { Finding } from './problem';
import { findingsOf } from './schema-findings';
import { expandShortForms } from './short-forms';

const validators = new WeakMap<Catalogue, ValidateFunction>();

/**
 * Checks a recipe against the full schema. In place, it writes out short forms and fills in the defaults.
 * Returns what is wrong.
 */
export function validateRecipe(value: unknown, catalogue: Catalogue): Finding[] {
  const shortForms = expandShortForms(value);
  const validator = validatorOf(catalogue);
  if (validator(value)) return [];
  return findingsOf(validator.errors ?? [], value).map((finding) => ({
    ...finding,
    path: shortForms.get(finding.path) ?? finding.path,
  }));
}

function validatorOf(catalogue: Catalogue): ValidateFunction {
  let validator = validators.get(catalogue);
  if (validator === undefined) {
    validator = isBuiltCatalogue(catalogue) ? builtValidator() : compileValidator(catalogue).validator;
    validators.set(catalogue, validator);
  }
  return validator;
}

/** Compiling takes the better part of a second, which nobody waits for who asks the one that the build compiled. */
function builtValidator(): ValidateFunction {
  return createRequire(__filename)(distFile('validate-recipe.js')) as ValidateFunction;
}

/** With `code.source`, what `ajv/dist/standalone` needs to write the validator as a module. */
export function compileValidator(
  catalogue: Catalogue,
  code: Options['code'] = {},
): { readonly ajv: Ajv; readonly validator: ValidateFunction } {
  const ajv = new Ajv({
    useDefaults: true,
    discriminator: true,
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictTuples: false,
    code,
  });
  // Known to editors: the message of a failed check, a key not to be offered, what the values mean.
  ajv.addVocabulary(['errorMessage', 'doNotSuggest', 'enumDescriptions']);
  return { ajv, validator: ajv.compile(recipeSchema(catalogue)) };
}
