import { type Static, Type } from '@sinclair/typebox';
import { Bytes, closed, Numbers, oneOf } from './panel-schema';

/** What the panel shows beside charts. Texts come from files of strangers too: they are set as text, never as markup. */

/** What a person may do with the run now; what is not offered is not shown or is disabled. */
export const Action = oneOf(
  'stop',
  'stopAfterEpoch',
  'resume',
  'checkpoint',
  'openRecipe',
  'openLog',
  'reveal',
  'exportStudent',
  'trainBaseline',
  'restore',
  'close',
);
export type Action = Static<typeof Action>;

export const State = oneOf(
  'queued',
  'starting',
  'running',
  'stopping',
  'stopped',
  'done',
  'failed',
  'interrupted',
  /** Its folder cannot be read; `sentence` says why. */
  'unreadable',
  /** Its folder is not there any more. */
  'gone',
);
export type State = Static<typeof State>;

export const Header = closed({
  id: Type.String(),
  /** Empty where nothing is known of the run; its name is then its id. */
  experiment: Type.String(),
  variant: Type.String(),
  seed: Type.Integer(),
  /** The name that a person gave the run. */
  name: Type.Optional(Type.String()),
  star: Type.Boolean(),
  tags: Type.Array(Type.String()),
  note: Type.Optional(Type.String()),
  state: State,
  /** Why it is in this state and what to do, where that is not plain: one sentence, in the user's language. */
  sentence: Type.Optional(Type.String()),
  /** Warnings: of the worker, and what is damaged in the run's files. */
  warnings: Type.Array(Type.String()),
  progress: Type.Optional(
    closed({ step: Type.Integer(), steps: Type.Integer(), epoch: Type.Number(), epochs: Type.Number() }),
  ),
  /** At the pace of this attempt; only while it trains. */
  secondsLeft: Type.Optional(Type.Number()),
  /** ISO 8601. */
  createdAt: Type.Optional(Type.String()),
  endedAt: Type.Optional(Type.String()),
  actions: Type.Array(Action),
});
export type Header = Static<typeof Header>;

/** Fractions are 0 … 1; what cannot be had is absent and shown as "n/a". */
export const Cards = closed({
  /** On the validation split, but `test`. */
  accuracy: closed({
    now: Type.Optional(Type.Number()),
    best: Type.Optional(Type.Number()),
    bestEpoch: Type.Optional(Type.Number()),
    teacher: Type.Optional(Type.Number()),
    /** The final evaluation on the test split. */
    test: Type.Optional(Type.Number()),
  }),
  gap: closed({
    split: oneOf('validation', 'test'),
    value: Type.Optional(Type.Number()),
    teacher: Type.Optional(Type.Number()),
    baseline: Type.Optional(Type.Number()),
    /** Why there is no value: one sentence. */
    why: Type.Optional(Type.String()),
  }),
  against: closed({
    split: oneOf('validation', 'test'),
    /** The baseline's name: `alone`. */
    label: Type.Optional(Type.String()),
    /** Of this run's group, or of this run alone while it is not done. */
    difference: Type.Optional(Type.Number()),
    standardError: Type.Optional(Type.Number()),
    /** Runs of this group that the difference is of, and of the baseline. */
    seeds: Type.Optional(Type.Integer()),
    baselineSeeds: Type.Optional(Type.Integer()),
    why: Type.Optional(Type.String()),
  }),
  speed: closed({ imagesPerSecond: Type.Optional(Type.Number()), dataWait: Type.Optional(Type.Number()) }),
  device: closed({
    /** `TensorFlow 2.21, CPU (2 cores)`; absent before the backend is loaded. */
    text: Type.Optional(Type.String()),
    memoryBytes: Type.Optional(Type.Number()),
  }),
});
export type Cards = Static<typeof Cards>;

export const HookedLayer = closed({
  /** Absent for methods that hook the logits. */
  layer: Type.Optional(Type.String()),
  /** Without the batch. */
  shape: Type.Optional(Type.Array(Type.Integer())),
});
export type HookedLayer = Static<typeof HookedLayer>;

/** Tab Hooks: a row for each hook of the recipe. Its curves are in the table `hooks` and in `train`. */
export const HookRow = closed({
  /** The name of its loss term: `tat@stage3`. */
  name: Type.String(),
  method: Type.String(),
  /** The hooked layers; shapes are known once the models are built. */
  student: Type.Array(HookedLayer),
  teacher: Type.Array(HookedLayer),
  /** What was put in front of the method because it refuses the shapes as they are. */
  adapter: Type.Optional(Type.String()),
  /** As the recipe has it. */
  weight: Type.Number(),
  /** How the weight changes, in words; absent for a constant one. */
  schedule: Type.Optional(Type.String()),
  /** Trainable values of the method and its adapter. */
  parameters: Type.Optional(Type.Integer()),
});
export type HookRow = Static<typeof HookRow>;

export const Prediction = closed({
  /** Position in the validation split. */
  index: Type.Integer(),
  /** Rows of pixels from the top, channels last: 1 (grey) or 3 (red, green, blue) bytes a pixel. */
  picture: closed({
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    channels: Type.Union([Type.Literal(1), Type.Literal(3)]),
    pixels: Bytes,
  }),
  /** Classes by number: the true one, and what the models say. */
  truth: Type.Integer(),
  student: Type.Integer(),
  teacher: Type.Optional(Type.Integer()),
  /** That the models give the true class, 0 … 1. */
  studentProbability: Type.Optional(Type.Number()),
  teacherProbability: Type.Optional(Type.Number()),
});
export type Prediction = Static<typeof Prediction>;

/** Tab Predictions; `why` alone where there is nothing to show: one sentence that says why and what to do. */
export const Predictions = closed({
  why: Type.Optional(Type.String()),
  /** The evaluation that these are of: the best so far. */
  step: Type.Optional(Type.Integer()),
  epoch: Type.Optional(Type.Number()),
  /** Names of the classes by number. */
  classes: Type.Array(Type.String()),
  /** The worst first. */
  worst: Type.Array(Prediction),
  /** classes × classes counts on the validation split, row by row; a row is a true class, a column a predicted one. */
  confusion: Type.Optional(Numbers),
  /** The same of the baseline, mean over its seeds, scaled to as many images. */
  baselineConfusion: Type.Optional(Numbers),
});
export type Predictions = Static<typeof Predictions>;

/** Tab Compare: this run or the compared ones, their groups, the chosen overlays, the baseline. */
export const ComparedRow = closed({
  /** As in `Choice`. */
  key: Type.String(),
  kind: oneOf('run', 'group'),
  experiment: Type.String(),
  label: Type.String(),
  color: Type.Integer({ minimum: 0 }),
  /** Runs that count. */
  runs: Type.Integer(),
  accuracy: Type.Optional(
    closed({ mean: Type.Number(), deviation: Type.Optional(Type.Number()), count: Type.Integer() }),
  ),
  teacher: Type.Optional(Type.Number()),
  gapRecovered: Type.Optional(Type.Number()),
  /** Accuracy against the baseline. */
  difference: Type.Optional(closed({ value: Type.Number(), standardError: Type.Optional(Type.Number()) })),
  isBaseline: Type.Boolean(),
  /** Of the student. */
  parameters: Type.Optional(Type.Integer()),
  /** For one image. */
  flops: Type.Optional(Type.Number()),
  /** Training time of a run, mean. */
  seconds: Type.Optional(Type.Number()),
});
export type ComparedRow = Static<typeof ComparedRow>;

export const Comparison = closed({
  /** The split that all figures are of. */
  split: oneOf('validation', 'test'),
  rows: Type.Array(ComparedRow),
  /** Entries of the recipes that are not the same in all rows, in the order of the rows; JSON, or null where absent. */
  differences: Type.Array(
    closed({ path: Type.String(), values: Type.Array(Type.Union([Type.String(), Type.Null()])) }),
  ),
});
export type Comparison = Static<typeof Comparison>;

/** Tab Log: the end of `log.txt`. */
export const LogTail = closed({
  /** Bytes of the file before the first of these lines. */
  skippedBytes: Type.Integer({ minimum: 0 }),
  lines: Type.Array(Type.String()),
});
export type LogTail = Static<typeof LogTail>;
