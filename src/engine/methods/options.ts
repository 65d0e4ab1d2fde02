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
    const hint = didYouMean(name, known) || (known.length > 0 ? `; it has ${known.join(', ')}` : '');
    return `${method} has no option "${name}"${hint}`;
  }
  return `${method}: option "${name}" must be ${expected(error)}, not ${JSON.stringify(error.value)}`;
}

function expected({ schema, message }: ValueError): string {
  const alternatives = (schema.anyOf as TSchema[] | undefined)?.map((alternative) =>
    alternative.const === undefined ? (alternative.type as string) : JSON.stringify(alternative.const),
  );
  return (
    alternatives?.join(' or ') ?? message.replace(/^Expected /, '').replace(/^(number|integer) to be /, '')
  );
}
