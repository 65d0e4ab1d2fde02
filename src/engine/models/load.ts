import * as path from 'node:path';
import { InputError } from '../../common/errors';
import { parseReference } from '../../recipe/reference';
import { completeOptions } from '../methods/options';
import { buildModel } from './build';
import type { Model } from './model';
import { loadModelJson } from './model-json';
import { loadModule } from './module';
import { networkNamed } from './networks';

export { loadWeightsFromModelJson } from './model-json';

export interface LoadSettings {
  /** `builtin:NAME`, `PATH.ts#EXPORT` or the path of a `model.json`; `run:` references are resolved before. */
  readonly reference: string;
  /** Further arguments for the builder. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Of the images, [height, width, channels]. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Draws the weights that a builder makes. */
  readonly seed: number;
  /** The folder that relative paths start from. */
  readonly base: string;
  /** The folder that model code must lie in. */
  readonly workspace: string;
}

/**
 * Loads a model from wherever it comes. Throws `InputError` that says what is wrong, in which file and line.
 * User code has no time limit here: whoever runs this process keeps one.
 */
export async function loadModel(settings: LoadSettings): Promise<Model> {
  const reference = parseReference(settings.reference);
  const [height, width, channels] = settings.inputShape;
  const shape = {
    inputShape: [height, width, channels] as [number, number, number],
    classes: settings.classes,
  };
  for (const name of ['inputShape', 'classes'] as const) {
    if (name in settings.args) throw new InputError(`"${name}" comes from the data, not from "args"`);
  }
  switch (reference.kind) {
    case 'builtin': {
      const network = networkNamed(reference.name);
      const args = completeOptions(network.name, network.args, settings.args);
      return buildModel(network.build, { ...args, ...shape }, settings);
    }
    case 'module': {
      const file = path.resolve(settings.base, reference.file);
      return loadModule({ ...reference, file }, { ...settings.args, ...shape }, settings);
    }
    case 'file': {
      const [argument] = Object.keys(settings.args);
      if (argument !== undefined) {
        throw new InputError(
          `${reference.file} is a saved model and takes no arguments, but "args" has "${argument}"`,
        );
      }
      return loadModelJson(path.resolve(settings.base, reference.file), shape, settings.workspace);
    }
    case 'run':
      throw new Error(`A run must be resolved before it is loaded: ${settings.reference}`);
  }
}
