import type { Static, TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';

/**
 * Fills in the defaults and checks options against their schema.
 * Throws `InputError` that starts with `place`, e.g. `data.augment[0]`.
 */
export function checkOptions<Options extends TObject>(
  schema: Options,
  options: Record<string, unknown>,
  place: string,
): Static<Options> {
  const known = Object.keys(schema.properties);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new InputError(`${place}: no option "${key}"${didYouMean(key, known)} (it takes ${list(known)})`);
    }
  }
  const filled = Value.Default(schema, { ...options });
  const wrong = Value.Errors(schema, filled).First();
  if (wrong) {
    const where = wrong.path.replace(/^\//, '').replaceAll('/', '.');
    throw new InputError(
      `${place}.${where}: ${wrong.message}, got ${JSON.stringify(wrong.value) ?? 'nothing'}`,
    );
  }
  return filled as Static<Options>;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'no options' : names.join(', ');
}
