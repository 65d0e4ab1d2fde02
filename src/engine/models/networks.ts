import { didYouMean } from '../../common/suggest';
import { InputError } from '../../common/errors';
import type { CatalogueNetwork } from '../../recipe/catalogue';
import type { NetworkDefinition } from './network';
import { mobileNetV1 } from './networks/mobilenet-v1';
import { mobileNetV2, mobileNetV2Cifar } from './networks/mobilenet-v2';
import { cifarResNets } from './networks/resnet-cifar';
import { resNets } from './networks/resnet';
import { shuffleNetV2, shuffleNetV2Cifar } from './networks/shufflenet-v2';
import { vggs } from './networks/vgg';
import { wideResNets } from './networks/wide-resnet';

/** All built-in networks. To add one: a definition in a file under `networks/`, and its line here. */
export const networks: readonly NetworkDefinition[] = [
  ...cifarResNets,
  ...wideResNets,
  ...vggs,
  mobileNetV2Cifar,
  shuffleNetV2Cifar,
  ...resNets,
  mobileNetV1,
  mobileNetV2,
  shuffleNetV2,
];

/** Finds a built-in network; throws `InputError` with the nearest right name if there is none. */
export function networkNamed(name: string): NetworkDefinition {
  const found = networks.find((network) => network.name === name);
  if (found) return found;
  const names = networks.map((network) => network.name);
  const suggestion = didYouMean(name, names) || `; there are ${names.join(', ')}`;
  throw new InputError(`There is no built-in network "${name}"${suggestion}`);
}

/** The built-in networks as plain data, for the catalogue. */
export function catalogueNetworks(): CatalogueNetwork[] {
  return networks.map(({ build: _build, ...data }) => data);
}
