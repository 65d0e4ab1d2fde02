import type { Static, TObject } from '@sinclair/typebox';
import { completeOptions } from '../common/options';

/** Options of a format or an augmentation, checked and completed; throws `InputError` that begins with their place. */
export function checkOptions<Options extends TObject>(
  schema: Options,
  given: Readonly<Record<string, unknown>>,
  place: string,
): Static<Options> {
  return completeOptions(schema, given, {
    unknown: (name, advice) => `${place}: no option "${name}"${advice}`,
    wrong: (path, rule) => `${place}.${path}: ${rule}`,
  });
}
