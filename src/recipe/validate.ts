import Ajv, { type ValidateFunction } from 'ajv';
import type { Catalogue } from './catalogue';
import { recipeSchema } from './full-schema';
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
    validator = recipeAjv().compile(recipeSchema(catalogue));
    validators.set(catalogue, validator);
  }
  return validator;
}

function recipeAjv(): Ajv {
  const ajv = new Ajv({
    useDefaults: true,
    discriminator: true,
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictTuples: false,
  });
  // Known to editors: the message of a failed check, a key not to be offered, what the values mean.
  ajv.addVocabulary(['errorMessage', 'doNotSuggest', 'enumDescriptions']);
  return ajv;
}
