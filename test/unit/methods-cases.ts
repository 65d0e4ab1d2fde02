import type { Shape } from '../../src/engine/methods/method';

/** How a weight starts: uniform within a bound and filling it, normal, or one number. */
export type Start = { readonly within: number } | { readonly deviation: number } | number;

export interface Case {
  readonly options?: Record<string, unknown>;
  /** Of one layer, or of several. */
  readonly student: Shape | readonly Shape[];
  readonly teacher: Shape | readonly Shape[];
  /** Where each weight starts in the authors' code; without it, there are none. */
  readonly starts?: Record<string, Start>;
  /** Weights whose gradient vanishes in exact arithmetic. */
  readonly vanishing?: readonly string[];
  /** The loss of a batch is the mean of its samples' losses. */
  readonly perSample?: boolean;
  readonly labels?: readonly number[];
  readonly sampleIds?: readonly number[];
  /** Parts of teacher and data that it asks for: classes by id, the shape of a kernel, channels of normalisations. */
  readonly parts?: {
    readonly trainingLabels?: readonly number[];
    readonly classifier?: readonly [number, number];
    readonly normalizations?: readonly number[];
  };
  /** Of how many classes the logits are that it needs beside features. */
  readonly classes?: number;
  /** How often it is given each image: the rows of all first views, then of all second ones, and so on. */
  readonly views?: number;
  /** Weights that the stage before the others teaches, and no other. */
  readonly pretrained?: readonly string[];
  /** The loss compares the samples of a batch with each other, so that it is another when each is there twice. */
  readonly changesWithTwins?: boolean;
  /** It refuses a batch of one sample. */
  readonly needsTwo?: boolean;
}

const fan = (count: number): Start => ({ within: 1 / Math.sqrt(count) });

type Starts = Record<string, Start>;
const norm = (name: string): Starts => ({ [`${name}/gamma`]: 1, [`${name}/beta`]: 0 });
const kernel = (name: string, fanIn: number): Starts => ({ [`${name}/kernel`]: fan(fanIn) });
/** A convolution or linear layer with bias. */
const biased = (name: string, fanIn: number): Starts => ({
  ...kernel(name, fanIn),
  [`${name}/bias`]: fan(fanIn),
});
/** One without bias, then a normalisation. */
const embedding = (name: string, fanIn: number): Starts => ({ ...kernel(name, fanIn), ...norm(name) });
const normalized = (name: string, fanIn: number): Starts => ({ ...biased(name, fanIn), ...norm(name) });
const attention = (student: number, teacher: number): Starts => ({
  ...embedding('query', student),
  ...embedding('key', teacher),
  ...embedding('value', student),
});
const nonLocal = (channels: number, inner: number): Starts => ({
  ...biased('theta', channels),
  ...biased('phi', channels),
  ...biased('g', channels),
  ...biased('w', inner),
  'w/gamma': 0,
  'w/beta': 0,
});
/** PyTorch's `kaiming_uniform_` with a = 1: uniform within sqrt(3 / fan in). */
const fusion = (level: number, inputs: number, width: number): Starts => ({
  ...embedding(`level${level}/reduce`, inputs / 3),
  ...embedding(`level${level}/expand`, (9 * width) / 3),
});

/** A normalisation on batch statistics takes a bias before it out again. */
const biasBeforeNorm = ['regressor/bias'];
/** In cankd too; and the instance normalisation takes out the shift `beta` of what is added to each channel. */
const cankdVanishing = ['w/bias', 'w/beta'];
/** A shift of all keys changes all scores of a row alike, which a softmax takes out. */
const keyShift = ['key/beta'];
/** Batch statistics tie the samples of a batch together, so only methods without them are per sample. */
const perSample = true;
const changesWithTwins = true;
const needsTwo = true;
const labels = [2, 0, 6, 3];

/** By the method and, behind a comma, the variant. */
export const cases: Record<string, Case> = {
  kd: { student: [4, 7], teacher: [4, 7], perSample },
  'kd, standardized': { options: { standardize: true }, student: [4, 7], teacher: [4, 7], perSample },
  'kd, cross-entropy': {
    options: { distance: 'cross-entropy' },
    student: [4, 7],
    teacher: [4, 7],
    perSample,
  },
  'kd, of pixels': { options: { mean: 'pixels' }, student: [4, 3, 2, 7], teacher: [4, 3, 2, 7], perSample },
  dkd: { student: [4, 7], teacher: [4, 7], labels, perSample },
  dist: { student: [4, 7], teacher: [4, 7] },
  'dist, of pixels': { student: [4, 3, 2, 7], teacher: [4, 3, 2, 7] },
  wsld: { student: [4, 7], teacher: [4, 7], labels, perSample },

  'fitnets, same size': {
    student: [4, 4, 5, 5],
    teacher: [4, 4, 5, 6],
    starts: normalized('regressor', 5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, halving': {
    student: [4, 8, 8, 5],
    teacher: [4, 4, 4, 6],
    starts: normalized('regressor', 9 * 5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, doubling': {
    student: [4, 3, 3, 5],
    teacher: [4, 6, 6, 8],
    starts: normalized('regressor', 16 * 8),
    vanishing: biasBeforeNorm,
  },
  'fitnets, cutting': {
    student: [4, 6, 5, 5],
    teacher: [4, 4, 4, 6],
    starts: normalized('regressor', 3 * 2 * 5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, normalized': {
    options: { normalize: true },
    student: [4, 4, 5, 5],
    teacher: [4, 4, 5, 6],
    starts: normalized('regressor', 5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, linear': {
    options: { regressor: 'linear' },
    student: [4, 4, 5, 5],
    teacher: [4, 4, 5, 6],
    starts: kernel('regressor', 5),
    perSample,
  },
  'tat, one head': {
    student: [4, 5, 4, 5],
    teacher: [4, 5, 4, 8],
    starts: { ...embedding('query', 9 * 5), ...embedding('value', 9 * 5) },
  },
  'tat, two heads': {
    options: { heads: 2 },
    student: [4, 5, 4, 5],
    teacher: [4, 5, 4, 8],
    starts: { ...embedding('query', 9 * 5), ...embedding('value', 9 * 5) },
  },
  'tat, learnt 1x1 key': {
    options: { kernel: 1, key: 'learnt' },
    student: [4, 3, 4, 5],
    teacher: [4, 3, 4, 8],
    starts: attention(5, 8),
    vanishing: keyShift,
  },
  'tat-dense, stacked': {
    options: { grid: [2, 2], heads: 4, anchor: [3, 3] },
    student: [4, 7, 6, 5],
    teacher: [4, 7, 6, 4],
    starts: attention(5, 4),
    vanishing: keyShift,
    perSample,
  },
  'tat-dense, batched, of the batch': {
    options: { grouping: 'batched', statistics: 'batch', grid: [2, 3], heads: 2, anchor: [3, 3] },
    student: [4, 6, 6, 5],
    teacher: [4, 6, 6, 4],
    starts: attention(5, 4),
    vanishing: keyShift,
  },
  'tat-dense, single, coco-stuff': {
    options: { preset: 'coco-stuff', grouping: 'single', grid: [2, 2], heads: 2, anchor: [2, 2] },
    student: [4, 6, 6, 5],
    teacher: [4, 6, 6, 4],
    starts: attention(5, 4),
    vanishing: keyShift,
    perSample,
  },
  'ct, mean': {
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: { ...biased('w1', 6), ...biased('w2', 8) },
    perSample,
  },
  'ct, batchmean, narrow': {
    options: { hidden: 5, reduction: 'batchmean' },
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: { ...biased('w1', 6), ...biased('w2', 5) },
    perSample,
  },
  'ct, linear': {
    options: { layers: 1 },
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: biased('w1', 6),
    perSample,
  },
  'ct, deeper, spatial': {
    options: { layers: 3, kernel: 3 },
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: { ...biased('w1', 9 * 6), ...biased('w2', 9 * 8), ...biased('w3', 9 * 8) },
    perSample,
  },
  cankd: {
    student: [4, 6, 4, 8],
    teacher: [4, 6, 4, 8],
    starts: nonLocal(8, 4),
    vanishing: cankdVanishing,
  },
  'cankd, whole maps, wide': {
    options: { subSample: false, interChannels: 30 },
    student: [4, 4, 4, 6],
    teacher: [4, 4, 4, 6],
    starts: nonLocal(6, 30),
    vanishing: cankdVanishing,
  },
  'cankd, segmentation': {
    options: { preset: 'segmentation' },
    student: [4, 6, 4, 5],
    teacher: [4, 6, 4, 8],
    starts: { ...biased('connector', 5), ...nonLocal(8, 4) },
    vanishing: cankdVanishing,
  },

  at: { student: [4, 6, 6, 5], teacher: [4, 6, 6, 8], perSample },
  'at, sizes without a common divisor': {
    options: { p: 4 },
    student: [4, 7, 5, 5],
    teacher: [4, 3, 4, 8],
    perSample,
  },
  'at, of the paper': { options: { mode: 'paper' }, student: [4, 6, 6, 5], teacher: [4, 6, 6, 8], perSample },
  ab: { student: [4, 5, 6, 7], teacher: [4, 5, 6, 7], perSample },
  'ab, connected': {
    options: { margin: 0.5 },
    student: [4, 8, 8, 5],
    teacher: [4, 4, 4, 6],
    starts: normalized('regressor', 9 * 5),
    vanishing: biasBeforeNorm,
  },
  ft: {
    student: [4, 6, 6, 5],
    teacher: [4, 4, 5, 6],
    starts: {
      ...biased('paraphraser/encode1', 9 * 6),
      ...biased('paraphraser/encode2', 9 * 6),
      ...biased('paraphraser/encode3', 9 * 3),
      ...biased('paraphraser/decode1', 9 * 3),
      ...biased('paraphraser/decode2', 9 * 6),
      ...biased('paraphraser/decode3', 9 * 6),
      ...normalized('translator/1', 9 * 5),
      ...normalized('translator/2', 9 * 5),
      ...normalized('translator/3', 9 * 3),
    },
    pretrained: ['encode1', 'encode2', 'encode3', 'decode1', 'decode2', 'decode3'].flatMap((name) => [
      `paraphraser/${name}/kernel`,
      `paraphraser/${name}/bias`,
    ]),
    vanishing: ['translator/1/bias', 'translator/2/bias', 'translator/3/bias'],
  },
  vid: {
    student: [4, 7, 7, 5],
    teacher: [4, 4, 5, 8],
    starts: {
      ...kernel('regressor1', 5),
      ...kernel('regressor2', 8),
      ...kernel('regressor3', 8),
      // The inverse of a softplus at 5, in float32.
      scale: Math.fround(Math.log(Math.exp(5 - 1e-5) - 1)),
    },
    perSample,
  },
  nst: { student: [4, 6, 6, 5], teacher: [4, 4, 5, 8], perSample },
  ickd: {
    student: [4, 5, 4, 5],
    teacher: [4, 6, 6, 8],
    starts: embedding('embedding', 9 * 5),
    changesWithTwins,
  },
  simkd: { student: [4, 3, 4, 6], teacher: [4, 6, 8, 6], perSample },
  cd: { student: [4, 5, 4, 5], teacher: [4, 6, 6, 8], starts: embedding('connector', 5) },
  isrd: {
    student: [4, 3, 4, 5],
    teacher: [4, 8, 8, 3],
    starts: { 'expand/kernel': fan(5), slope: 0.25 },
    perSample,
  },
  cwd: { student: [4, 5, 6, 7], teacher: [4, 5, 6, 7], perSample },
  'cwd, connected': {
    options: { connector: true },
    student: [4, 5, 6, 5],
    teacher: [4, 5, 6, 7],
    starts: embedding('connector', 5),
  },
  pkd: { student: [4, 5, 5, 7], teacher: [4, 8, 4, 7], changesWithTwins },
  'mgd, nothing masked': {
    options: { masked: 0 },
    student: [4, 5, 4, 5],
    teacher: [4, 5, 4, 8],
    starts: { ...biased('align', 5), ...biased('generation1', 9 * 8), ...biased('generation2', 9 * 8) },
    perSample,
  },

  fsp: {
    student: [
      [4, 6, 6, 5],
      [4, 6, 4, 3],
      [4, 3, 3, 7],
    ],
    teacher: [
      [4, 7, 7, 5],
      [4, 5, 5, 3],
      [4, 3, 4, 7],
    ],
    perSample,
  },
  'fsp, maxima': {
    options: { pool: 'max', distance: 'column-length' },
    student: [
      [4, 7, 6, 5],
      [4, 3, 4, 7],
    ],
    teacher: [
      [4, 7, 7, 5],
      [4, 5, 5, 7],
    ],
    perSample,
  },
  reviewkd: {
    student: [
      [4, 6, 6, 5],
      [4, 3, 3, 8],
      [4, 7],
    ],
    teacher: [
      [4, 6, 6, 6],
      [4, 5, 5, 9],
      [4, 10],
    ],
    starts: {
      ...fusion(1, 5, 7),
      ...biased('level1/attention', 14),
      ...fusion(2, 8, 7),
      ...biased('level2/attention', 14),
      ...fusion(3, 7, 7),
    },
  },
  ofd: {
    student: [
      [4, 6, 6, 5],
      [4, 3, 3, 8],
    ],
    teacher: [
      [4, 7, 7, 6],
      [4, 3, 3, 9],
    ],
    parts: { normalizations: [6, 9] },
    starts: {
      'connector1/kernel': { deviation: Math.sqrt(2 / 6) },
      ...norm('connector1'),
      'connector2/kernel': { deviation: Math.sqrt(2 / 9) },
      ...norm('connector2'),
    },
  },
  afd: {
    options: { dimension: 5 },
    student: [
      [4, 6, 6, 5],
      [4, 3, 3, 8],
    ],
    teacher: [
      [4, 7, 7, 6],
      [4, 4, 5, 9],
      [4, 3, 3, 4],
    ],
    starts: {
      ...normalized('key1', 5),
      ...normalized('key2', 8),
      ...normalized('query1', 6),
      ...normalized('query2', 9),
      ...normalized('query3', 4),
      ...normalized('bilinear', 5),
      'position/teacher': { deviation: Math.sqrt(2 / (3 + 5)) },
      'position/student': { deviation: Math.sqrt(2 / (2 + 5)) },
    },
    // Biases before a normalisation; and a shift of all keys changes all scores of a row alike.
    vanishing: [
      ...['key1', 'key2', 'query1', 'query2', 'query3', 'bilinear'].map((name) => `${name}/bias`),
      'bilinear/beta',
    ],
  },

  crd: {
    options: { dimension: 6, negatives: 4 },
    student: [4, 5],
    teacher: [4, 9],
    sampleIds: [1, 6, 2, 8],
    // As many of each class, and as many negatives as there are of the other: all of them are taken.
    parts: { trainingLabels: [0, 0, 1, 0, -1, 1, 0, 1, 1] },
    starts: {
      ...biased('student', 5),
      ...biased('teacher', 9),
      'bank/student': { within: Math.sqrt(3 / 6) },
      'bank/teacher': { within: Math.sqrt(3 / 6) },
      'normalizer/student': -1,
      'normalizer/teacher': -1,
    },
  },
  thkd: {
    student: [4, 5, 4, 6],
    teacher: [4, 7, 7, 6],
    parts: { classifier: [6, 5] },
    perSample,
  },
  sp: { student: [4, 6, 6, 5], teacher: [4, 3, 3, 8], changesWithTwins, needsTwo },
  cc: {
    options: { dimension: 6 },
    student: [4, 5],
    teacher: [4, 9],
    starts: { ...biased('student', 5), ...biased('teacher', 9) },
    changesWithTwins,
    needsTwo,
  },
  'cc, gaussian': {
    options: { dimension: 6, correlation: 'gaussian' },
    student: [4, 5],
    teacher: [4, 9],
    starts: { ...biased('student', 5), ...biased('teacher', 9) },
    changesWithTwins,
    needsTwo,
  },
  rkd: { student: [4, 5], teacher: [4, 9], changesWithTwins, needsTwo },
  'rkd, flattened, normalized': {
    options: { maps: 'flattened', normalize: true },
    student: [4, 2, 3, 5],
    teacher: [4, 3, 3, 9],
    changesWithTwins,
    needsTwo,
  },
  pkt: { student: [4, 5], teacher: [4, 9], changesWithTwins, needsTwo },
  srd: {
    student: [4, 5],
    teacher: [4, 9],
    starts: biased('projector', 5),
    vanishing: ['projector/bias'],
    changesWithTwins,
    needsTwo,
  },
  pad: {
    student: [4, 5],
    teacher: [4, 5],
    starts: normalized('variance', 5),
    vanishing: ['variance/bias'],
  },
  sskd: {
    student: [16, 5],
    teacher: [16, 9],
    views: 4,
    classes: 7,
    labels,
    starts: {
      ...biased('student1', 5),
      ...biased('student2', 5),
      ...biased('teacher1', 9),
      ...biased('teacher2', 9),
    },
    pretrained: ['teacher1/kernel', 'teacher1/bias', 'teacher2/kernel', 'teacher2/bias'],
  },
};
