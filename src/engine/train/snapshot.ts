import * as tf from '@tensorflow/tfjs';

/** Named tensors as two files: the values, and what they are (name, shape, type, in order). */
export interface EncodedTensors {
  readonly 'tensors.bin': Uint8Array;
  readonly 'tensors.json': Uint8Array;
}

/** Encodes tensors by TensorFlow.js's own weight format; disposes them. */
export async function encodeTensors(tensors: Record<string, tf.Tensor>): Promise<EncodedTensors> {
  const { data, specs } = await tf.io.encodeWeights(tensors);
  tf.dispose(tensors);
  return {
    'tensors.bin': new Uint8Array(data),
    'tensors.json': Buffer.from(JSON.stringify(specs)),
  };
}

/** The inverse of `encodeTensors`; the caller disposes the tensors. */
export function decodeTensors(files: {
  readonly 'tensors.bin': Uint8Array;
  readonly 'tensors.json': Uint8Array;
}): Record<string, tf.Tensor> {
  const specs = JSON.parse(
    Buffer.from(files['tensors.json']).toString('utf8'),
  ) as tf.io.WeightsManifestEntry[];
  // A copy of exactly these bytes: the view may start anywhere in a larger buffer.
  const bytes = Uint8Array.from(files['tensors.bin']);
  return tf.io.decodeWeights(bytes.buffer, specs);
}

/**
 * The weights of the student that a run evaluates, out of everything a checkpoint holds: the moving average
 * where the run keeps one, else the weights themselves. The rest is disposed.
 */
export function studentWeights(tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  const weights: Record<string, tf.Tensor> = {};
  const take = (prefix: string): void => {
    for (const [name, tensor] of Object.entries(tensors)) {
      if (name.startsWith(prefix)) weights[name.slice(prefix.length)] = tensor;
    }
  };
  take('student/');
  take('ema/');
  const kept = new Set(Object.values(weights));
  for (const tensor of Object.values(tensors)) if (!kept.has(tensor)) tensor.dispose();
  return weights;
}
