import * as tf from '@tensorflow/tfjs';
import type { LossInputs, OneOrMore } from '../methods/method';
import { withSeededRandom } from '../random';
import type { HookTerm } from './hook-term';

type Inputs = LossInputs<OneOrMore<tf.Tensor>>;

/**
 * One hook on one batch: its loss, and what it remembers of the batch once the step is known to be good. A method
 * draws the same random numbers in both, and for each of the inputs.
 */
export class HookCall {
  constructor(
    readonly hook: HookTerm,
    /** Of several the losses are averaged. */
    private readonly inputs: readonly Inputs[],
    private readonly seed: string,
  ) {}

  /** The unweighted loss. Where something is to be remembered, the inputs outlive the tidy around. */
  loss(): tf.Scalar {
    if (this.hook.method.remember) for (const tensor of this.tensors()) tf.keep(tensor);
    return this.mean((inputs) => this.hook.method.loss(inputs));
  }

  /** The loss that teaches the method's own weights beforehand. */
  pretraining(): tf.Scalar {
    return this.mean((inputs) => this.hook.method.pretraining!(inputs));
  }

  remember(): void {
    for (const inputs of this.inputs) {
      withSeededRandom(this.seed, () => this.hook.method.remember?.(inputs));
    }
  }

  dispose(): void {
    if (this.hook.method.remember) tf.dispose(this.tensors());
  }

  private mean(loss: (inputs: Inputs) => tf.Scalar): tf.Scalar {
    const losses = this.inputs.map((inputs) => withSeededRandom(this.seed, () => loss(inputs)));
    return losses.length === 1 ? losses[0]! : tf.div(tf.addN(losses), losses.length);
  }

  private tensors(): tf.Tensor[] {
    return this.inputs.flatMap(tensorsOf);
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
