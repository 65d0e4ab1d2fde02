import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import type { Model } from './model';
import { takesSmaller } from './input-size';
import { layerIds } from './layers';

/** What whoever uses an exported model must know about the data it was trained on. */
export interface ExportMetadata {
  readonly classNames: readonly string[];
  /** Per channel, of values in 0 … 1. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** Of the data, [height, width, channels]; a model may take smaller images. */
  readonly imageShape: readonly [number, number, number];
}

/** Files of at most this size are kept in browsers' caches; the size that TensorFlow's converter makes, too. */
const SHARD_BYTES = 4 * 1024 * 1024;
const ownFile = /^(model\.json|group1-shard\d+of\d+\.bin)$/;

/**
 * Writes a model as TensorFlow.js loads it, in a browser or in Node, without this project: `model.json` and its
 * weights, layers and weights under their stable ids, and in `userDefinedMetadata` the class names, the
 * normalisation, the input shape, how larger images are brought to it, and whether the outputs are logits or
 * probabilities.
 *
 * An earlier export in the folder is replaced once the new one is written as a whole.
 * Returns the names of the files. Throws `InputError` if the folder holds anything else.
 */
export async function exportModel(model: Model, folder: string, metadata: ExportMetadata): Promise<string[]> {
  const files = await encode(model, metadata);
  refuseForeignFiles(folder);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const aside = `${folder}.${randomBytes(4).toString('hex')}`;
  const old = `${aside}.old`;
  try {
    fs.mkdirSync(aside);
    for (const [name, content] of files) {
      fs.writeFileSync(path.join(aside, name), content, { flush: true });
    }
    if (fs.existsSync(folder)) fs.renameSync(folder, old);
    fs.renameSync(aside, folder);
  } finally {
    // What is left aside is half of an export, or the one that was replaced.
    fs.rmSync(aside, { recursive: true, force: true });
    if (fs.existsSync(folder)) fs.rmSync(old, { recursive: true, force: true });
    else if (fs.existsSync(old)) fs.renameSync(old, folder);
  }
  return [...files.keys()];
}

async function encode(
  model: Model,
  { imageShape, ...metadata }: ExportMetadata,
): Promise<Map<string, Uint8Array | string>> {
  const weights = [...model.weights].map(([name, weight]) => ({ name, tensor: weight.read() }));
  const { data, specs } = await tf.io.encodeWeights(weights);
  const bytes = new Uint8Array(data);
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const shards = Array.from(
    { length: count },
    (_, index) =>
      [
        `group1-shard${index + 1}of${count}.bin`,
        bytes.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES),
      ] as const,
  );
  const json = {
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${tf.version_layers}`,
    convertedBy: null,
    userDefinedMetadata: {
      ...metadata,
      inputShape: model.network.inputs[0]!.shape.slice(1),
      ...(takesSmaller(model, imageShape) && {
        resize: { from: imageShape.slice(0, 2), method: 'bilinear', antialias: true },
      }),
      outputs: model.endsInSoftmax ? 'probabilities' : 'logits',
    },
    modelTopology: topology(model),
    weightsManifest: [{ paths: shards.map(([name]) => name), weights: specs }],
  };
  return new Map<string, Uint8Array | string>([...shards, ['model.json', JSON.stringify(json)]]);
}

/** The parts of a serialised graph that name layers: `[name, call, output, arguments]` for each input. */
interface Topology {
  config: {
    layers: { name: string; config: { name: string }; inbound_nodes: [string, ...unknown[]][][] }[];
    input_layers: [string, ...unknown[]][];
    output_layers: [string, ...unknown[]][];
  };
}

/** The graph, with each layer under its stable id. */
function topology({ network }: Model): object {
  const ids = new Map([...layerIds(network)].map(([layer, id]) => [layer.name, id]));
  const graph = structuredClone(network.toJSON(null, false)) as unknown as Topology;
  const rename = (reference: [string, ...unknown[]]): void => {
    reference[0] = ids.get(reference[0])!;
  };
  const { layers, input_layers, output_layers } = graph.config;
  for (const layer of layers) {
    layer.name = ids.get(layer.name)!;
    layer.config.name = layer.name;
    layer.inbound_nodes.flat().forEach(rename);
  }
  input_layers.forEach(rename);
  output_layers.forEach(rename);
  return graph;
}

function refuseForeignFiles(folder: string): void {
  if (!fs.existsSync(folder)) return;
  const foreign = fs.statSync(folder).isDirectory()
    ? fs.readdirSync(folder).find((name) => !ownFile.test(name))
    : path.basename(folder);
  if (foreign !== undefined) {
    throw new InputError(
      `${folder} holds "${foreign}", which is no part of an export; choose an empty folder`,
    );
  }
}
