import type { Static, TObject } from '@sinclair/typebox';
import * as common from '../../common/options';

/** The options of a method or a network, checked and completed; throws `InputError` that begins with its name. */
export function completeOptions<Options extends TObject>(
  owner: string,
  schema: Options,
  given: Readonly<Record<string, unknown>>,
): Static<Options> {
  return common.completeOptions(schema, given, {
    unknown: (name, advice) => `${owner} has no option "${name}"${advice}`,
    wrong: (path, rule) => `${owner}: option "${path}" ${rule}`,
  });
}
