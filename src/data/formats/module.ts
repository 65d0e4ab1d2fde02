import { type Static, Type } from '@sinclair/typebox';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, messageOf } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { DataFormat, Dataset } from '../dataset';
import { datasetFromUser } from '../user-dataset';
import { loadUserModule } from '../user-module';

const options = Type.Object(
  {
    path: Type.String({ minLength: 1, description: 'A .js, .mjs, .cjs or .ts file.' }),
    export: Type.String({ minLength: 1, default: 'dataset', description: 'The exported function.' }),
    args: Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'What it is called with.' }),
  },
  { additionalProperties: false },
);

/** A user's own reader: an exported function that returns a dataset, see `UserDataset`. */
export const userModule: DataFormat = {
  name: 'module',
  summary:
    'A function of your own, in a JavaScript or TypeScript module, that returns the images and labels.',
  kind: 'files',
  options,
  async open(given, { base }): Promise<Dataset> {
    const { path: file, export: name, args } = given as Static<typeof options>;
    const source = path.resolve(base, file);
    if (!fs.existsSync(source)) throw new InputError(`${source}: no such file`);
    const exports = await loadUserModule(source);
    const read = exports[name];
    if (typeof read !== 'function') {
      throw new InputError(
        `${source}: exports no function "${name}"${didYouMean(name, Object.keys(exports))}`,
      );
    }
    const place = `${source}#${name}`;
    let returned: unknown;
    try {
      returned = await (read as (args: Record<string, unknown>) => unknown)(args);
    } catch (error) {
      throw new InputError(`${place}: it throws "${messageOf(error)}"`);
    }
    return datasetFromUser(returned, place);
  },
};
