import type { Static, TObject, TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import { InputError } from './errors';
import { didYouMean } from './suggest';

/** How the faults of options are worded. */
export interface OptionWords {
  /** `advice` continues the sentence: `; did you mean "padding"?` */
  unknown(name: string, advice: string): string;
  /** `path` is `scale`, or `scale.0` in a list; `rule` is `must be an integer, not 1.5` or the like. */
  wrong(path: string, rule: string): string;
}

/**
 * Options as given, checked and completed with the schema's defaults.
 * Throws `InputError` for an unknown option (with the nearest right name) or an impossible value.
 */
export function completeOptions<Options extends TObject>(
  schema: Options,
  given: Readonly<Record<string, unknown>>,
  words: OptionWords,
): Static<Options> {
  const options = Value.Default(schema, { ...given });
  const errors = [...Value.Errors(schema, options)];
  const unknown = errors.find(({ type }) => type === ValueErrorType.ObjectAdditionalProperties);
  const error = unknown ?? errors[0];
  if (error) throw new InputError(explain(schema, error, words));
  return options as Static<Options>;
}

function explain(schema: TObject, error: ValueError, words: OptionWords): string {
  const path = error.path.slice(1).replaceAll('/', '.');
  if (error.type === ValueErrorType.ObjectAdditionalProperties) {
    const known = Object.keys(schema.properties);
    return words.unknown(path, didYouMean(path, known) || `; it has ${known.join(', ') || 'none'}`);
  }
  const rule = `must be ${expected(error)}`;
  if (error.value === undefined) return words.wrong(path, `is missing; it ${rule}`);
  return words.wrong(path, `${rule}, not ${JSON.stringify(error.value)}`);
}

/** What a value must be, out of the schema it does not fit: `greater than 0`, `"mean" or "batchmean"`. */
function expected({ schema, message }: ValueError): string {
  const alternatives = schema.anyOf as TSchema[] | undefined;
  if (alternatives) return alternatives.map(describe).join(' or ');
  return /^Expected (?:number|integer) to be (.*)$/.exec(message)?.[1] ?? describe(schema);
}

function describe(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const type = schema.type as string | undefined;
  if (type === undefined) return 'of another form';
  return type === 'null' ? type : `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}
