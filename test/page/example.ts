import type { Delta, Snapshot } from '../../src/protocol/panel';
import type { Choice, Overlay, Rows, TableName } from '../../src/protocol/panel-charts';
import type { Cards, Comparison, Header, HookRow, Predictions } from '../../src/protocol/panel-sections';

/** What a host says about made-up runs: smooth curves with a ripple, the same in every test. */

export const STEPS_AN_EPOCH = 140;
const CLASSES = [
  'T-shirt',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Boot',
];

export const own: Choice = {
  key: '/work/.retort/runs/20261122-101500-k3f9',
  kind: 'run',
  experiment: 'resnet8-from-resnet20',
  label: 'kd+tat, seed 4',
  runs: 0,
  color: 0,
  live: true,
};
export const baseline: Choice = {
  key: 'group-alone',
  kind: 'group',
  experiment: 'resnet8-from-resnet20',
  label: 'alone',
  runs: 5,
  color: 1,
  live: false,
};
export const other: Choice = {
  key: 'group-kd',
  kind: 'group',
  experiment: 'resnet8-from-resnet20',
  label: 'kd',
  runs: 5,
  color: 2,
  live: false,
};
export const choices: Choice[] = [
  own,
  baseline,
  other,
  { ...other, key: '/work/.retort/runs/x', kind: 'run', label: 'kd, seed 3', runs: 0, color: 3 },
  { ...other, key: 'group-ct', experiment: 'resnet8-wide', label: 'ct', runs: 2, color: 4 },
];

export function header(change: Partial<Header> = {}): Header {
  return {
    id: '20261122-101500-k3f9',
    experiment: own.experiment,
    variant: 'kd+tat',
    seed: 4,
    star: false,
    tags: [],
    state: 'running',
    warnings: [],
    progress: { step: 868, steps: 1400, epoch: 6.2, epochs: 10 },
    secondsLeft: 130,
    actions: ['stop', 'stopAfterEpoch', 'checkpoint', 'openRecipe', 'openLog', 'reveal'],
    ...change,
  };
}

export const cards: Cards = {
  accuracy: { now: 0.861, best: 0.864, bestEpoch: 5, teacher: 0.93 },
  gap: { split: 'validation', value: 0.3, teacher: 0.93, baseline: 0.831 },
  against: {
    split: 'validation',
    label: 'alone',
    difference: 0.03,
    standardError: 0.004,
    seeds: 5,
    baselineSeeds: 5,
  },
  speed: { imagesPerSecond: 812.4, dataWait: 0.012 },
  device: { text: 'TensorFlow 2.21, CPU (2 cores)', memoryBytes: 1.2 * 2 ** 30 },
};

/** Rows of a table, one value a column and row. */
export function rows(
  table: TableName,
  steps: readonly number[],
  columns: Record<string, (epoch: number, step: number) => number>,
  { spread, linesPerRow = 1 }: { spread?: number; linesPerRow?: number } = {},
): Rows {
  const fill = (value: (epoch: number, step: number) => number) =>
    Float64Array.from(steps, (step) => value(step / STEPS_AN_EPOCH, step));
  return {
    table,
    linesPerRow,
    step: Float64Array.from(steps),
    epoch: fill((epoch) => epoch),
    seconds: fill((epoch) => epoch * 13),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [
        name,
        {
          mean: fill(value),
          ...(spread !== undefined && {
            low: fill((epoch, step) => value(epoch, step) - spread),
            high: fill((epoch, step) => value(epoch, step) + spread),
          }),
        },
      ]),
    ),
  };
}

/** Between -1 and 1, without pattern to the eye. */
const ripple = (step: number): number => Math.sin(step * 12.9898) * Math.cos(step * 4.1414);

export function steps(from: number, to: number, apart: number): number[] {
  return Array.from({ length: Math.floor((to - from) / apart) + 1 }, (_, index) => from + index * apart);
}

export function trainRows(from: number, to: number, linesPerRow = 1): Rows {
  const task = (epoch: number, step: number) => 0.3 + 1.4 * Math.exp(-epoch / 1.6) + 0.08 * ripple(step);
  const kd = (epoch: number, step: number) => 0.1 + 0.9 * Math.exp(-epoch / 2) + 0.04 * ripple(step + 1);
  const tat = (epoch: number, step: number) => 0.02 + 0.1 * Math.exp(-epoch / 3) + 0.005 * ripple(step + 2);
  return rows(
    'train',
    steps(from, to, 4),
    {
      loss: (epoch, step) => task(epoch, step) + kd(epoch, step) + tat(epoch, step),
      'term task': task,
      'term kd': kd,
      'term tat@stage3': tat,
      accuracy: (epoch, step) => 0.88 - 0.6 * Math.exp(-epoch / 1.4) + 0.03 * ripple(step),
      lr: (epoch) => 0.05 * (1 + Math.cos((Math.PI * epoch) / 10)) * 0.5,
      imagesPerSecond: (_, step) => 812 + 20 * ripple(step),
      dataWait: (_, step) => 0.012 + 0.008 * Math.abs(ripple(step)),
      resident: (epoch) => 1.1e9 + 2e7 * epoch,
    },
    { linesPerRow },
  );
}

export function validationRows(epochs: number, shift = 0, spread?: number): Rows {
  return rows(
    'validation',
    steps(STEPS_AN_EPOCH, epochs * STEPS_AN_EPOCH, STEPS_AN_EPOCH),
    {
      accuracy: (epoch, step) => 0.868 + shift - 0.5 * Math.exp(-epoch / 1.3) + 0.006 * ripple(step),
      loss: (epoch) => 0.4 - shift + 0.9 * Math.exp(-epoch / 1.5),
    },
    spread === undefined ? {} : { spread },
  );
}

/** Of the teacher `peer`, which learns too: 50, 60, 70 … % on validation. */
export function peerRows(epochs: number): Rows {
  return rows('teachers', steps(STEPS_AN_EPOCH, epochs * STEPS_AN_EPOCH, STEPS_AN_EPOCH), {
    'accuracy peer': (epoch) => 0.4 + 0.1 * epoch,
    'loss peer': (epoch) => 1 / epoch,
  });
}

/** What a snapshot has of a run with a teacher, a further one and one that learns. */
export function severalTeachers(): Pick<Snapshot, 'references' | 'tables'> {
  return {
    references: {
      teacher: 0.93,
      teachers: [{ name: 'wide', accuracy: 0.945 }],
      learning: ['peer'],
      baseline: { label: 'alone', accuracy: 0.831 },
    },
    tables: [
      { keep: 0, rows: trainRows(4, 868) },
      { keep: 0, rows: validationRows(6) },
      { keep: 0, rows: peerRows(5) },
    ],
  };
}

export const hooks: HookRow[] = [
  {
    name: 'kd',
    method: 'kd',
    student: [{ shape: [10] }],
    teacher: [{ shape: [10] }],
    weight: 0.9,
  },
  {
    name: 'tat@stage3',
    method: 'tat',
    student: [{ layer: 'stage3', shape: [7, 7, 32] }],
    teacher: [{ layer: 'stage3', shape: [7, 7, 64] }],
    adapter: '1×1 convolution, 32 to 64 channels',
    weight: 0.1,
    schedule: 'warm-up over 2 epochs',
    parameters: 6208,
  },
];

export function hookRows(epochs: number): Rows {
  return rows('hooks', steps(STEPS_AN_EPOCH, epochs * STEPS_AN_EPOCH, STEPS_AN_EPOCH), {
    'weight kd': () => 0.9,
    'loss kd': (epoch) => 0.1 + Math.exp(-epoch / 2),
    'weight tat@stage3': (epoch) => 0.1 * Math.min(1, epoch / 2),
    'loss tat@stage3': (epoch) => 0.4 + 2 * Math.exp(-epoch / 3),
    'cka tat@stage3': (epoch) => 0.9 - 0.5 * Math.exp(-epoch / 2),
    'cosine tat@stage3': (epoch) => 0.7 - 0.6 * Math.exp(-epoch / 2.5),
  });
}

export function overlays(): Overlay[] {
  return [
    { choice: baseline, role: 'baseline', tables: [validationRows(10, -0.03, 0.01), groupTrainRows(-0.05)] },
    { choice: other, role: 'chosen', tables: [validationRows(10, -0.006, 0.006), groupTrainRows(-0.01)] },
  ];
}

function groupTrainRows(shift: number): Rows {
  return rows(
    'train',
    steps(20, 1400, 20),
    {
      loss: (epoch) => 0.6 - shift + 2 * Math.exp(-epoch / 1.8),
      accuracy: (epoch) => 0.87 + shift - 0.6 * Math.exp(-epoch / 1.4),
    },
    { spread: 0.012 },
  );
}

export function predictions(): Predictions {
  const count = 10;
  const matrix = (noise: number) =>
    Float64Array.from({ length: count * count }, (_, index) => {
      const [truth, said] = [Math.floor(index / count), index % count];
      const isNear = [truth, said].every((each) => [0, 2, 4, 6].includes(each));
      if (truth === said) return isNear ? 74 - 4 * noise : 95 - noise;
      return isNear ? 8 + noise : (index * 7) % 11 === 0 ? 2 + noise : 0;
    });
  return {
    step: 700,
    epoch: 5,
    classes: CLASSES,
    worst: Array.from({ length: 12 }, (_, index) => ({
      index: 37 * index + 5,
      picture: picture(index),
      truth: (index * 3) % count,
      student: (index * 3 + 2 + (index % 4)) % count,
      teacher: (index * 3 + (index % 3 === 0 ? 2 : 0)) % count,
      studentProbability: 0.01 + 0.011 * index,
      teacherProbability: index % 3 === 0 ? 0.2 : 0.97,
    })),
    confusion: matrix(1),
    baselineConfusion: matrix(2.5),
  };
}

/** A ring on a slope, grey or coloured. */
function picture(seed: number): Predictions['worst'][number]['picture'] {
  const size = 28;
  const channels = seed % 4 === 3 ? 3 : 1;
  const pixels = new Uint8Array(size * size * channels);
  for (let place = 0; place < size * size; place++) {
    const [y, x] = [Math.floor(place / size) - 14, (place % size) - 14];
    const ring = Math.abs(Math.hypot(x, y) - 4 - (seed % 8)) < 2.5 ? 200 : 20;
    for (let channel = 0; channel < channels; channel++) {
      pixels[place * channels + channel] = Math.max(0, Math.min(255, ring + 2 * y + channel * 20));
    }
  }
  return { width: size, height: size, channels, pixels };
}

export const comparison: Comparison = {
  split: 'test',
  rows: [
    {
      key: 'group-kd+tat',
      kind: 'group',
      experiment: own.experiment,
      label: 'kd+tat',
      color: 5,
      runs: 5,
      accuracy: { mean: 0.869, deviation: 0.005, count: 5 },
      teacher: 0.93,
      gapRecovered: 0.38,
      difference: { value: 0.038, standardError: 0.005 },
      isBaseline: false,
      parameters: 19_530,
      flops: 1.83e6,
      seconds: 110,
    },
    {
      key: own.key,
      kind: 'run',
      experiment: own.experiment,
      label: own.label,
      color: 0,
      runs: 0,
      isBaseline: false,
      parameters: 19_530,
      flops: 1.83e6,
    },
    {
      key: baseline.key,
      kind: 'group',
      experiment: own.experiment,
      label: 'alone',
      color: 1,
      runs: 5,
      accuracy: { mean: 0.831, deviation: 0.01, count: 5 },
      teacher: 0.93,
      isBaseline: true,
      parameters: 19_530,
      flops: 1.83e6,
      seconds: 40,
    },
  ],
  differences: [
    { path: 'hooks[0].method', values: ['"kd"', '"kd"', null] },
    { path: 'hooks[0].weight', values: ['0.9', '0.9', null] },
    { path: 'variant', values: ['"kd+tat"', '"kd+tat"', '"alone"'] },
  ],
};

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    number: 0,
    subject: { kind: 'run', keys: [own.key] },
    view: { tab: 'overview', axis: 'epoch', smoothing: 0.6, logScale: false, overlays: [other.key] },
    reading: false,
    header: header(),
    cards,
    references: { teacher: 0.93, baseline: { label: 'alone', accuracy: 0.831 } },
    tables: [
      { keep: 0, rows: trainRows(4, 868) },
      { keep: 0, rows: validationRows(6) },
      { keep: 0, rows: hookRows(6) },
    ],
    overlays: overlays(),
    choices,
    hooks,
    predictions: predictions(),
    comparison,
    log: { skippedBytes: 0, lines: logLines(60) },
    ...change,
  };
}

export function delta(number: number, change: Partial<Delta> = {}): Delta {
  return { type: 'delta', number, ...change };
}

export function logLines(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `10:15:${String(index % 60).padStart(2, '0')} step ${index * 14} loss ${(2 / (1 + index / 9)).toFixed(3)}`,
  );
}
