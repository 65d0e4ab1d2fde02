import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import * as tf from '@tensorflow/tfjs';
import { InputError, messageOf } from '../../common/errors';
import { NetworkModel } from './build';
import { isInside } from './bundle';
import type { Model, SourceFile } from './model';
import type { BuilderArgs } from './network';
import { checkNetwork } from './returned';
import { captureWeights, restoreWeights } from './weights';

/** The layers format of TensorFlow.js: `model.json` and the files with the weights beside it. */
const WeightEntry = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer({ minimum: 0 })),
  dtype: Type.Union([Type.Literal('float32'), Type.Literal('int32'), Type.Literal('bool')]),
  quantization: Type.Optional(
    Type.Object({
      dtype: Type.Union([Type.Literal('uint8'), Type.Literal('uint16'), Type.Literal('float16')]),
      scale: Type.Optional(Type.Number()),
      min: Type.Optional(Type.Number()),
    }),
  ),
});
const ModelJson = Type.Object({
  modelTopology: Type.Object({}),
  weightsManifest: Type.Array(
    Type.Object({ paths: Type.Array(Type.String()), weights: Type.Array(WeightEntry) }),
  ),
});

const bytesPerValue = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const;

/**
 * Loads a network with its weights from a `model.json`. Throws `InputError` naming the file: not a layers model,
 * a weights file that is missing, too short or too long, or a path or link that leads out of its folder.
 */
export async function loadModelJson(
  file: string,
  expected: Pick<BuilderArgs, 'inputShape' | 'classes'>,
  workspace: string,
): Promise<Model> {
  const { network, files } = await readNetwork(file);
  try {
    checkNetwork(network, expected);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
  }
  return new NetworkModel(
    network,
    files.map((read) => describe(read, workspace)),
  );
}

/**
 * Sets the weights of a model to those of a `model.json` of the same network; layers that nobody named are matched
 * by class and order. Throws `InputError` like `loadModelJson`, and where the weights do not fit.
 */
export async function loadWeightsFromModelJson(model: Model, file: string): Promise<void> {
  const saved = new NetworkModel((await readNetwork(file)).network);
  const weights = captureWeights(saved);
  try {
    restoreWeights(model, weights);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
  } finally {
    tf.dispose(weights);
    saved.dispose();
  }
}

interface ReadFile {
  readonly file: string;
  readonly content: Buffer;
}

async function readNetwork(file: string): Promise<{ network: tf.LayersModel; files: ReadFile[] }> {
  const content = readFile(file);
  const { modelTopology, weightsManifest } = parse(file, content);
  const groups = weightsManifest.map((group) => readGroup(file, group));
  const shards = groups.flat();
  const handler = tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights as tf.io.WeightsManifestEntry[]),
    weightData: Uint8Array.from(Buffer.concat(shards.map((shard) => shard.content))).buffer,
  });
  try {
    return { network: await tf.loadLayersModel(handler), files: [{ file, content }, ...shards] };
  } catch (error) {
    throw new InputError(`${file} cannot be loaded: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}

function parse(file: string, content: Buffer): Static<typeof ModelJson> {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch (error) {
    throw new InputError(`${file} is not JSON: ${messageOf(error)}`);
  }
  if (typeof json === 'object' && json !== null && 'format' in json && json.format === 'graph-model') {
    throw new InputError(
      `${file} is a graph model, which is frozen; convert it to the layers format (tfjs_layers_model)`,
    );
  }
  const error = Value.Errors(ModelJson, json).First();
  if (error)
    throw new InputError(
      `${file} is not a TensorFlow.js layers model: ${error.path || '/'}: ${error.message}`,
    );
  return json as Static<typeof ModelJson>;
}

/** The files of one group of weights; together they must hold exactly its values. */
function readGroup(file: string, group: Static<typeof ModelJson>['weightsManifest'][number]): ReadFile[] {
  const shards = group.paths.map((name) => {
    const shard = insideFolder(file, name);
    return { file: shard, content: readFile(shard) };
  });
  const expected = group.weights.reduce(
    (sum, { shape, dtype, quantization }) =>
      sum + bytesPerValue[quantization?.dtype ?? dtype] * shape.reduce((a, b) => a * b, 1),
    0,
  );
  const found = shards.reduce((sum, { content }) => sum + content.length, 0);
  if (found !== expected) {
    const names = group.paths.join(', ') || 'no file';
    throw new InputError(`${file}: its weights take ${expected} bytes, but ${names} holds ${found}`);
  }
  return shards;
}

function insideFolder(file: string, name: string): string {
  const folder = path.dirname(file);
  const shard = path.resolve(folder, name);
  const exists = fs.existsSync(shard);
  const stays =
    isInside(shard, folder) && (!exists || isInside(fs.realpathSync(shard), fs.realpathSync(folder)));
  if (!stays) throw new InputError(`${file}: the weights file "${name}" leads out of the folder`);
  return shard;
}

function readFile(file: string): Buffer {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new InputError(`there is no file ${file}`);
  return fs.readFileSync(file);
}

function describe({ file, content }: ReadFile, workspace: string): SourceFile {
  return {
    path: path.relative(workspace, file).split(path.sep).join('/'),
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
