import picomatch from 'picomatch';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { TrainSettings } from '../../recipe/schema';
import { type Stage, stagesOf } from '../../recipe/stages';
import type { Model } from '../models/model';
import { globs } from './groups';
import type { HookTerm } from './hook-term';
import { hookFactor, type Place } from './schedule';

/** A stage with its steps: from the step after `first` finished ones to `end`. */
export interface PlannedStage extends Omit<Stage, 'learn' | 'hooks'> {
  readonly first: number;
  readonly end: number;
  readonly stepsPerEpoch: number;
  /** Among the stages, from 0. */
  readonly index: number;
  /** Its place in the recipe. */
  readonly path: string;
  /** The hooks that count. */
  readonly hooks: readonly HookTerm[];
  /** The names of the student's weights that learn. */
  readonly learnt: ReadonlySet<string>;
}

/**
 * The stages of a training one after the other, on the real models.
 * Throws `InputError`, with its place in the recipe, for a stage without a step, a glob that matches no weight, and
 * methods that have nothing to learn beforehand.
 */
export function planStages(
  train: TrainSettings,
  hooks: readonly HookTerm[],
  student: Model,
  { stepsPerEpoch, totalSteps }: Omit<Place, 'step'>,
): PlannedStage[] {
  const stages = stagesOf(train, [...new Set(hooks.map(({ pair }) => pair))]);
  let epochs = 0;
  let first = 0;
  return stages.map(({ learn, hooks: named, ...stage }, index) => {
    const path = `train.stages[${index}]`;
    epochs += stage.epochs;
    const end = index === stages.length - 1 ? totalSteps : Math.round(epochs * stepsPerEpoch);
    if (end <= first && stages.length > 1) {
      throw new InputError(
        `${path}.epochs: must be longer: ${stage.epochs} epochs of ${stepsPerEpoch} steps are not one step`,
      );
    }
    const counting = hooks.filter(({ pair }) => named.has(pair));
    const planned: PlannedStage = {
      ...stage,
      index,
      path: train.stages ? path : 'train',
      first,
      end,
      stepsPerEpoch,
      hooks: stage.pretrain ? withPretraining(counting, `${path}.pretrain`) : counting,
      learnt: stage.pretrain ? new Set() : weightsMatching(learn, student, `${path}.learn`),
    };
    first = end;
    return planned;
  });
}

/** The stage of the step after `steps` finished ones; after the end the last. */
export function stageAt(stages: readonly PlannedStage[], steps: number): PlannedStage {
  return stages.find(({ end }) => steps < end) ?? stages.at(-1)!;
}

/** Where a stage stands after `steps` finished steps of the whole training, for its schedules. */
export function placeIn({ first, end, stepsPerEpoch }: PlannedStage, steps: number): Place {
  return { step: steps - first, totalSteps: end - first, stepsPerEpoch };
}

/** What the loss of a hook is multiplied with in a stage, after `steps` finished steps; 0 where it does not count. */
export function hookWeight(hook: HookTerm, stage: PlannedStage, steps: number): number {
  if (stage.pretrain || !stage.hooks.includes(hook)) return 0;
  return hook.weight * hookFactor(hook.schedule, placeIn(stage, steps));
}

function withPretraining(hooks: readonly HookTerm[], path: string): HookTerm[] {
  const having = hooks.filter(({ method }) => method.pretraining !== undefined);
  if (having.length > 0) return having;
  throw new InputError(`${path}: no method of its hooks has anything to learn beforehand; remove the stage`);
}

function weightsMatching(
  patterns: readonly string[] | undefined,
  { weights }: Model,
  path: string,
): ReadonlySet<string> {
  const names = [...weights].filter(([, { trainable }]) => trainable).map(([name]) => name);
  if (patterns === undefined) return new Set(names);
  return new Set(
    patterns.flatMap((pattern, index) => {
      const matches = picomatch(pattern, { dot: true });
      const found = names.filter((name) => matches(name));
      if (found.length > 0) return found;
      throw new InputError(
        `${path}[${index}]: no weight of the student matches "${pattern}"${didYouMean(pattern, globs(names))}`,
      );
    }),
  );
}
