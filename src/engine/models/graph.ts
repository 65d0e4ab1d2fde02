import * as tf from '@tensorflow/tfjs';

/** One call of a layer in a network's graph. */
export interface Call {
  readonly layer: tf.layers.Layer;
  readonly inputs: readonly tf.SymbolicTensor[];
  readonly outputs: readonly tf.SymbolicTensor[];
}

/** All calls that the outputs are computed from: each after its inputs, first inputs first. */
export function callsOf(outputs: readonly tf.SymbolicTensor[]): Call[] {
  const calls: Call[] = [];
  const seen = new Set<unknown>();
  const visit = (tensor: tf.SymbolicTensor): void => {
    const node = nodeOf(tensor);
    if (seen.has(node)) return;
    seen.add(node);
    node.inputTensors.forEach(visit);
    calls.push({ layer: node.outboundLayer, inputs: node.inputTensors, outputs: node.outputTensors });
  };
  outputs.forEach(visit);
  return calls;
}

/**
 * The same network as one flat graph: models that it uses as layers are unfolded, their layers called anew with
 * the weights they have. So every layer can be hooked, listed and exported alike, however the model was put
 * together. Layers of two nested models that share a name get new ones: names are unique within a model.
 */
export function flatten(network: tf.LayersModel): tf.LayersModel {
  const isNested = callsOf(network.outputs).some(({ layer }) => layer instanceof tf.LayersModel);
  if (!isNested && !(network instanceof tf.Sequential)) return network;
  const outputs = isNested ? unfold(network, network.inputs) : network.outputs;
  makeNamesUnique(callsOf(outputs));
  return tf.model({ inputs: network.inputs, outputs, name: network.name });
}

function unfold(network: tf.LayersModel, inputs: readonly tf.SymbolicTensor[]): tf.SymbolicTensor[] {
  const values = new Map(network.inputs.map((input, index) => [input, inputs[index]!]));
  for (const { layer, inputs: from, outputs: to } of callsOf(network.outputs)) {
    if (to.every((tensor) => values.has(tensor))) continue;
    const operands = from.map((tensor) => values.get(tensor)!);
    const results =
      layer instanceof tf.LayersModel
        ? unfold(layer, operands)
        : [layer.apply(operands.length === 1 ? operands[0]! : operands)].flat();
    to.forEach((tensor, index) => values.set(tensor, results[index] as tf.SymbolicTensor));
  }
  return network.outputs.map((tensor) => values.get(tensor)!);
}

function makeNamesUnique(calls: readonly Call[]): void {
  const taken = new Set<string>();
  for (const layer of new Set(calls.map((call) => call.layer))) {
    layer.name = unusedName(layer.name, taken);
    taken.add(layer.name);
  }
}

/** The name itself, or with the first free number behind it. */
export function unusedName(name: string, taken: { has(name: string): boolean }): string {
  let unused = name;
  for (let number = 1; taken.has(unused); number++) unused = `${name}_${number}`;
  return unused;
}

function nodeOf(tensor: tf.SymbolicTensor) {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!;
}
