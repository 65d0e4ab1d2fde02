import { type Static, Type } from '@sinclair/typebox';

/** The files of a run folder, as schemas: what is read from a folder is checked, it may be a stranger's. */

export const RunState = Type.Union(
  (['queued', 'starting', 'running', 'stopping', 'stopped', 'done', 'failed'] as const).map((state) =>
    Type.Literal(state),
  ),
);
/** The states that are written; `interrupted` is derived from the process or the heartbeat, never written. */
export type WrittenState = 'queued' | 'starting' | 'running' | 'stopping' | 'stopped' | 'done' | 'failed';
export type RunState = WrittenState | 'interrupted';

export const ProcessIdentity = Type.Object({
  host: Type.String(),
  /** Changes at every boot of the host. */
  boot: Type.String(),
  pid: Type.Integer({ minimum: 1 }),
  /** When the process started, as the system states it; tells a reused pid from the process itself. */
  started: Type.String(),
  /** Linux: the namespace that the pid counts in; containers of one host may have several. */
  namespace: Type.Optional(Type.String()),
});
export type ProcessIdentity = Static<typeof ProcessIdentity>;

/** A loss; null where it is not finite (NaN and infinity are written so: JSON has no other way). */
const Loss = Type.Union([Type.Number(), Type.Null()]);

export const Score = Type.Object({ accuracy: Type.Number(), loss: Loss, samples: Type.Integer() });
export type Score = Static<typeof Score>;

/** One side of a hook. */
const HookedLayer = Type.Object({
  /** Absent where the hook is on the logits. */
  layer: Type.Optional(Type.String()),
  /** Without the batch. */
  shape: Type.Array(Type.Integer()),
});

/** What stays the same about a hook while its run goes on. */
export const HookFacts = Type.Object({
  /** As in the terms of the loss: `kd`, `tat@stage3`. */
  name: Type.String(),
  method: Type.String(),
  /** Name of the teacher that learns by it; absent: the student. */
  learner: Type.Optional(Type.String()),
  /** Names of those that it learns from; absent: the teacher at `teacher`. */
  from: Type.Optional(Type.Array(Type.String())),
  /** One entry for each hooked layer. */
  student: Type.Array(HookedLayer),
  teacher: Type.Array(HookedLayer),
  /** What was put in front of the method because it refuses the shapes as they are. */
  adapter: Type.Optional(Type.String()),
  /** Trainable values of the method and its adapter. */
  parameters: Type.Integer(),
});
export type HookFacts = Static<typeof HookFacts>;

/** A number for each model of a run, further teachers by name. */
const OfModels = Type.Object({
  student: Type.Integer(),
  teacher: Type.Optional(Type.Integer()),
  teachers: Type.Optional(Type.Record(Type.String(), Type.Integer())),
});

const TeacherScores = Type.Object({ validation: Type.Optional(Score), test: Type.Optional(Score) });

export const RunInfo = Type.Object({
  version: Type.Literal(1),
  id: Type.String(),
  state: RunState,
  /** Grows by one at every start and resume; 0 before the first. */
  attempt: Type.Integer({ minimum: 0 }),
  createdAt: Type.String(),
  /** Since when it waits for the device, in milliseconds since 1970: its place in the queue, only while it waits. */
  queuedAt: Type.Optional(Type.Integer({ minimum: 0 })),
  startedAt: Type.Optional(Type.String()),
  endedAt: Type.Optional(Type.String()),
  /** Seconds of training, all attempts together. */
  seconds: Type.Optional(Type.Number()),
  /** Why it stopped or failed: one sentence. */
  reason: Type.Optional(Type.String()),
  /** Whose fault a failure is: what the user gave, the training itself (it diverged), or a defect. */
  fault: Type.Optional(
    Type.Union([Type.Literal('input'), Type.Literal('training'), Type.Literal('internal')]),
  ),
  process: Type.Optional(ProcessIdentity),
  versions: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** Commit of the workspace, with `+changes` when it was not clean. */
  commit: Type.Optional(Type.String()),
  /** Backend that was asked for: `auto`, `gpu`, `cpu`, `webgpu` or `wasm`. */
  requestedBackend: Type.Optional(Type.String()),
  /** The groups of the runs that the recipe names, by their ids; see `groupKey`. */
  origins: Type.Optional(Type.Record(Type.String(), Type.String({ pattern: '^[0-9a-f]{16}$' }))),
  /** Backend that was asked for, and the one line about what does the work. */
  backend: Type.Optional(
    Type.Object({
      requested: Type.String(),
      used: Type.String(),
      device: Type.String(),
      note: Type.String(),
    }),
  ),
  progress: Type.Optional(
    Type.Object({
      step: Type.Integer(),
      steps: Type.Integer(),
      stepsPerEpoch: Type.Integer(),
      epochs: Type.Number(),
    }),
  ),
  /** The epoch at whose end it was asked to stop. */
  stopAfterEpoch: Type.Optional(Type.Integer({ minimum: 1 })),
  parameters: Type.Optional(OfModels),
  /** Floating-point operations for one image; a multiply-add counts as two. */
  flops: Type.Optional(OfModels),
  data: Type.Optional(
    Type.Object({
      classNames: Type.Array(Type.String()),
      /** [height, width, channels] */
      imageShape: Type.Array(Type.Integer()),
      samples: Type.Object({ train: Type.Integer(), validation: Type.Integer(), test: Type.Integer() }),
    }),
  ),
  hooks: Type.Optional(Type.Array(HookFacts)),
  /** The teacher on the validation split, measured at the start. */
  teacher: Type.Optional(TeacherScores),
  /**
   * Further teachers, by name. Those that learn, that at `teacher` too, stand here alone: as they were at the last
   * evaluation.
   */
  teachers: Type.Optional(Type.Record(Type.String(), TeacherScores)),
  best: Type.Optional(Type.Object({ step: Type.Integer(), epoch: Type.Number(), validation: Score })),
  last: Type.Optional(Type.Object({ step: Type.Integer(), epoch: Type.Number(), validation: Score })),
  /** The student's final evaluation on the test split. */
  test: Type.Optional(Score),
  warnings: Type.Optional(Type.Array(Type.String())),
});
export type RunInfo = Static<typeof RunInfo>;

const Place = {
  attempt: Type.Integer(),
  /** Grows by one with every line of the file. */
  seq: Type.Integer(),
  /** Finished optimizer steps. */
  step: Type.Integer(),
  epoch: Type.Number(),
  /** Milliseconds since 1970. */
  time: Type.Number(),
};

export const TrainLine = Type.Object({
  kind: Type.Literal('train'),
  ...Place,
  /** Which of the recipe's stages the line is about, from 0; absent where it names none. */
  stage: Type.Optional(Type.Integer({ minimum: 0 })),
  loss: Loss,
  /** Weighted terms; they add up to the loss: `task`, `kd`, `tat@stage3`. */
  terms: Type.Record(Type.String(), Loss),
  accuracy: Type.Number(),
  lr: Type.Number(),
  imagesPerSecond: Type.Number(),
  /** Share of the time spent waiting for data, 0 … 1. */
  dataWait: Type.Number(),
  /** Bytes: what the process has in main memory, and its tensors on the device where that tells. */
  memory: Type.Optional(Type.Object({ resident: Type.Number(), device: Type.Optional(Type.Number()) })),
});

export const ScoreLine = Type.Object({
  kind: Type.Union([Type.Literal('validation'), Type.Literal('test'), Type.Literal('teacher')]),
  ...Place,
  loss: Loss,
  accuracy: Type.Number(),
});

/** The scores of several teachers on the validation split: of further ones at the start, of those that learn at each evaluation. */
export const TeachersLine = Type.Object({
  kind: Type.Literal('teachers'),
  ...Place,
  teachers: Type.Record(Type.String(), Type.Object({ loss: Loss, accuracy: Type.Number() })),
});

/** How a hook stands at an evaluation. */
export const HookFigures = Type.Object({
  /** What its loss is multiplied with at this step, its schedule included. */
  weight: Type.Number(),
  /** Unweighted, mean over the training steps since the last such line; null where none had a weight above 0. */
  loss: Loss,
  /**
   * How alike student's and teacher's features are on the same validation images: linear CKA, 1 for features that
   * differ by a rotation and a scale, about 0 for unrelated ones.
   */
  cka: Type.Optional(Loss),
  /** Mean cosine between the two features of an image, -1 … 1; only where their shapes are the same. */
  cosine: Type.Optional(Loss),
});
export type HookFigures = Static<typeof HookFigures>;

/** The hooks of a run at an evaluation, by name. */
export const HooksLine = Type.Object({
  kind: Type.Literal('hooks'),
  ...Place,
  hooks: Type.Record(Type.String(), HookFigures),
});

/** The first line of an attempt: it goes on after `step`, so lines of earlier attempts beyond it do not count. */
export const AttemptLine = Type.Object({
  kind: Type.Literal('attempt'),
  attempt: Type.Integer(),
  seq: Type.Integer(),
  step: Type.Integer({ minimum: 0 }),
  time: Type.Number(),
});

export const MetricLine = Type.Union([TrainLine, ScoreLine, TeachersLine, HooksLine]);
export type TrainLine = Static<typeof TrainLine>;
export type ScoreLine = Static<typeof ScoreLine>;
export type TeachersLine = Static<typeof TeachersLine>;
export type HooksLine = Static<typeof HooksLine>;
export type MetricLine = Static<typeof MetricLine>;
export type AttemptLine = Static<typeof AttemptLine>;

/** The person's notes on a run; no worker touches them. */
export const Notes = Type.Object({
  star: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.String({ maxLength: 100_000 })),
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
  /** Shown in place of the id. */
  name: Type.Optional(Type.String({ maxLength: 200 })),
});
export type Notes = Static<typeof Notes>;

export const Heartbeat = Type.Object({
  /** Moves every 2 s while the process lives. */
  counter: Type.Integer(),
  /** Finished optimizer steps. */
  step: Type.Integer(),
});
export type Heartbeat = Static<typeof Heartbeat>;
