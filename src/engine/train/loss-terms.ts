import * as tf from '@tensorflow/tfjs';
import type { Recipe } from '../../recipe/schema';
import { detach } from '../methods/detach';
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

/** A hook with what it is given of a batch; `seed` is that of the pass. */
export function callOf(
  hook: HookTerm,
  models: ActivationsByModel,
  { labels, sampleIds }: ImageBatch,
  seed: string,
): HookCall {
  const student = models.get(hook.learner)!;
  const logits = hook.method.needs.includes('logits') && {
    student: student.get(LOGITS) as tf.Tensor2D,
    teacher: meanOf(hook.from, models, () => LOGITS) as tf.Tensor2D,
  };
  const inputs = {
    student: byPlace(hook.student.map(({ id }) => student.get(id)!)),
    teacher: byPlace(
      hook.teacher.map((_, place) => meanOf(hook.from, models, ({ layers }) => layers[place]!.id)),
    ),
    labels,
    sampleIds,
    ...(logits && { logits }),
  };
  return new HookCall(hook, inputs, `${seed}/${hook.name}`);
}

/**
 * The mean of what several models give at a layer, of one model what it gives. Of logits it is the mean of the logits,
 * whose softmax is, at any temperature, the geometric mean of the models' distributions, made to add up to 1 (one of
 * the two ways to combine an ensemble in Hinton et al., Distilling the Knowledge in a Neural Network, section 1).
 */
export function meanOf(
  from: readonly HookedModel[],
  models: ActivationsByModel,
  idOf: (model: HookedModel) => string,
): tf.Tensor {
  const activations = from.map((one) => (models.get(one.model) as Activations).get(idOf(one))!);
  if (activations.length === 1) return activations[0]!;
  return tf.div(tf.addN(activations.map(detach)), activations.length);
}
