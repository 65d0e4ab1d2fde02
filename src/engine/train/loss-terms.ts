import * as tf from '@tensorflow/tfjs';
import type { Recipe } from '../../recipe/schema';
import type { LossInputs, OneOrMore } from '../methods/method';
import { detach } from '../operations/detach';
import { classificationLoss } from '../tasks/classification-loss';
import { type Activations, LOGITS } from './activations';
import { HookCall } from './hook-call';
import { byPlace } from './hook-method';
import type { HookedModel, HookTerm } from './hook-term';
import type { ActivationsByModel } from './stage-training';
import { prefixOf } from './teachers';
import type { ImageBatch } from './uncertainty-mixup';

/** A weighted term of the loss. */
export interface LossTerm {
  readonly name: string;
  readonly loss: tf.Scalar;
}

/** The loss of the task for each model that has learnt to give logits: `task`, `peer/task`. */
export function taskTerms(
  learning: ActivationsByModel,
  { labels, mixed }: ImageBatch,
  { labelSmoothing, lossWeight }: Recipe['task'],
): LossTerm[] {
  return [...learning].map(([learner, activations]) => {
    const loss = classificationLoss(activations.get(LOGITS) as tf.Tensor2D, labels, {
      labelSmoothing,
      ...(mixed && { mixed }),
    });
    return { name: `${prefixOf(learner)}task`, loss: loss.mul<tf.Scalar>(lossWeight) };
  });
}

/**
 * A hook with what it is given of a batch; `seed` is that of the pass. Of several models that it learns from, a method
 * on features gets the mean of their activations. One on logits is called for each: its loss is the mean, as in deep
 * mutual learning (Zhang et al., CVPR 2018, section 3, for more than two students: the divergences from all others,
 * divided by their number) and in multi-teacher distillation (Rorozhl/CA-MKD helper/loops.py, AVERAGE_LOSS).
 */
export function callOf(
  hook: HookTerm,
  models: ActivationsByModel,
  { labels, sampleIds }: ImageBatch,
  seed: string,
): HookCall {
  const student = models.get(hook.learner)!;
  const inputsFrom = (from: readonly HookedModel[]): LossInputs<OneOrMore<tf.Tensor>> => ({
    student: byPlace(hook.student.map(({ id }) => student.get(id)!)),
    teacher: byPlace(hook.teacher.map((_, place) => meanOf(from, models, ({ layers }) => layers[place]!.id))),
    labels,
    sampleIds,
    ...(hook.method.needs.includes('logits') && {
      logits: {
        student: student.get(LOGITS) as tf.Tensor2D,
        teacher: meanOf(from, models, () => LOGITS) as tf.Tensor2D,
      },
    }),
  });
  const isOnLogits = hook.teacher[0]!.id === LOGITS;
  const sources = isOnLogits ? hook.from.map((one) => [one]) : [hook.from];
  return new HookCall(hook, sources.map(inputsFrom), `${seed}/${hook.name}`);
}

/** The mean of what several models give at a layer; of one model what it gives. */
export function meanOf(
  from: readonly HookedModel[],
  models: ActivationsByModel,
  idOf: (model: HookedModel) => string,
): tf.Tensor {
  const activations = from.map((one) => (models.get(one.model) as Activations).get(idOf(one))!);
  if (activations.length === 1) return activations[0]!;
  return tf.div(tf.addN(activations.map(detach)), activations.length);
}
