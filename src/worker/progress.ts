import { type Static, Type } from '@sinclair/typebox';
import { RunInfo } from '../runs/types';

/** How far a recipe goes: optimizer steps an epoch, and in all. */
export interface Plan {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly checkpointEvery: number;
}

/** Epochs may be fractions; there is at least one step. */
export function planSteps(
  train: { readonly epochs: number; readonly accumulate: number; readonly checkpointEvery: number },
  batchesPerEpoch: number,
): Plan {
  const stepsPerEpoch = Math.floor(batchesPerEpoch / train.accumulate);
  return {
    stepsPerEpoch,
    totalSteps: Math.max(1, Math.round(train.epochs * stepsPerEpoch)),
    checkpointEvery: Math.max(1, Math.round(train.checkpointEvery * stepsPerEpoch)),
  };
}

/** What a checkpoint holds beside tensors (`state.json`): enough to go on to the same numbers. */
export const TrainingState = Type.Object({
  version: Type.Literal(1),
  step: Type.Integer({ minimum: 0 }),
  /** Seconds of training so far, all attempts together. */
  seconds: Type.Number({ minimum: 0 }),
  window: Type.Object({
    steps: Type.Integer({ minimum: 0 }),
    loss: Type.Number(),
    accuracy: Type.Number(),
    terms: Type.Record(Type.String(), Type.Number()),
  }),
  /** Since the last line about hooks, by name. */
  hooks: Type.Optional(
    Type.Record(Type.String(), Type.Object({ steps: Type.Integer({ minimum: 1 }), loss: Type.Number() })),
  ),
  best: Type.Optional(RunInfo.properties.best),
  last: Type.Optional(RunInfo.properties.last),
});
export type TrainingState = Static<typeof TrainingState>;
