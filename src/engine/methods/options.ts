import type { Static, TObject, TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';

/**
 * Options as given, checked and completed with the schema's defaults.
 * Throws `InputError` for an unknown option (with the nearest right name) or an impossible value.
 */
export function completeOptions<Options extends TObject>(
  method: string,
  schema: Options,
  given: Readonly<Record<string, unknown>>,
): Static<Options> {
  const options = Value.Default(schema, { ...given });
  const error = Value.Errors(schema, options).First();
  if (error) throw new InputError(explain(method, schema, error));
  return options as Static<Options>;
}

function explain(method: string, schema: TObject, error: ValueError): string {
  const name = error.path.slice(1);
  if (error.type === ValueErrorType.ObjectAdditionalProperties) {
    const known = Object.keys(schema.properties);
    return `${method} has no option "${name}"${didYouMean(name, known) || `; it has ${known.join(', ') || 'none'}`}`;
  }
  return `${method}: option "${name}" must be ${expected(error)}, not ${JSON.stringify(error.value)}`;
}

/** What a value must be, out of the schema it does not fit: `greater than 0`, `"mean" or "batchmean"`. */
function expected({ schema, message }: ValueError): string {
  const alternatives = schema.anyOf as TSchema[] | undefined;
  if (alternatives) return alternatives.map(describe).join(' or ');
  return /^Expected (?:number|integer) to be (.*)$/.exec(message)?.[1] ?? describe(schema);
}

function describe(schema: TSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const type = schema.type as string;
  return type === 'null' ? type : `${type.startsWith('i') ? 'an' : 'a'} ${type}`;
}
