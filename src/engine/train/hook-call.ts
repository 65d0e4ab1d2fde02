import * as tf from '@tensorflow/tfjs';
import type { LossInputs, OneOrMore } from '../methods/method';
import { withSeededRandom } from '../random';
import type { HookTerm } from './hook-term';

type Inputs = LossInputs<OneOrMore<tf.Tensor>>;

/**
 * One hook on one batch: its loss, and what it remembers of the batch once the step is known to be good. A method
 * draws the same random numbers in both.
 */
export class HookCall {
  constructor(
    readonly hook: HookTerm,
    private readonly inputs: Inputs,
    private readonly seed: string,
  ) {}

  /** The unweighted loss. Where something is to be remembered, the inputs outlive the tidy around. */
  loss(): tf.Scalar {
    if (this.hook.method.remember) for (const tensor of tensorsOf(this.inputs)) tf.keep(tensor);
    return withSeededRandom(this.seed, () => this.hook.method.loss(this.inputs));
  }

  /** The loss that teaches the method's own weights beforehand. */
  pretraining(): tf.Scalar {
    return withSeededRandom(this.seed, () => this.hook.method.pretraining!(this.inputs));
  }

  remember(): void {
    withSeededRandom(this.seed, () => this.hook.method.remember?.(this.inputs));
  }

  dispose(): void {
    if (this.hook.method.remember) tf.dispose(tensorsOf(this.inputs));
  }
}

function tensorsOf({ student, teacher, labels, sampleIds, logits }: Inputs): tf.Tensor[] {
  const features = [student, teacher].flatMap((side) =>
    side instanceof tf.Tensor ? [side] : Object.values(side),
  );
  return [...features, labels, sampleIds, logits?.student, logits?.teacher].filter(
    (tensor) => tensor !== undefined,
  );
}
