import { InputError } from '../common/errors';
import type { Wheel } from './pins';
import type { InstallOptions } from './progress';

export function downloadFromIndex(
  _wheels: readonly Wheel[],
  _folder: string,
  _options: InstallOptions,
): Promise<void> {
  throw new InputError('No pip found');
}
