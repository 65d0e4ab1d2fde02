import * as tf from '@tensorflow/tfjs';

/** Bytes of tensors in the memory of the device, where the backend counts them (WebGPU does). */
export function deviceMemory(): number | undefined {
  const { numBytesInGPU } = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number };
  return numBytesInGPU;
}
