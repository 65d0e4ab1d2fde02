import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import type { BackendChoice } from '../../src/backends';
import { cases } from './kernels-cases';

export interface Computed {
  readonly tensors: Record<string, { readonly shape: number[]; readonly data: number[] }>;
  /** Tensors and buffers more than before. */
  readonly left: number[];
}

/**
 * Computes all cases on one backend, or with `plain` by TensorFlow.js as it comes, and prints them as JSON. A
 * program of its own, because kernels stay once they are registered: `kernels-compute.ts plain|BACKEND`
 */
async function main(backend: string): Promise<void> {
  const plain = backend === 'plain';
  if (plain) await tf.setBackend('cpu');
  else await ready(backend as BackendChoice);
  const results: Record<string, Computed> = {};
  for (const [name, compute] of Object.entries(cases)) {
    // Once before, for what is made once.
    tf.tidy(() => void compute(plain));
    const before = counts();
    const tensors: Computed['tensors'] = {};
    tf.tidy(() => {
      for (const [key, tensor] of Object.entries(compute(plain))) {
        tensors[key] = { shape: tensor.shape, data: [...tensor.dataSync()] };
      }
    });
    results[name] = { tensors, left: counts().map((count, index) => count - before[index]!) };
  }
  process.stdout.write(JSON.stringify(results));
}

function counts(): number[] {
  const { numTensors, numDataBuffers } = tf.memory();
  return [numTensors, numDataBuffers, tf.engine().backend.numDataIds()];
}

void main(process.argv[2]!);
