import { InputError } from '../common/errors';
import type { Manifest } from './installed';
import type { InstallOptions } from './progress';

export function installWebgpu(
  _folder: string,
  _downloads: string,
  _options: InstallOptions,
): Promise<Manifest> {
  throw new InputError('WebGPU is not there yet');
}
