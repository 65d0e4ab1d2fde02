/** Makes WebGPU, through Dawn, TensorFlow.js's backend. */
export function loadWebgpu(): Promise<{ version: string; device: string; isSoftware: boolean }> {
  return Promise.reject(new Error('WebGPU is not there yet'));
}
