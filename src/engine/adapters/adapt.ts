import * as tf from '@tensorflow/tfjs';
import type { DistillationMethod, LossInputs, OneOrMore, Shape } from '../methods/method';
import { seededWeights } from '../methods/weights';
import type { Adapter } from './adapter';

/**
 * Puts an adapter in front of a method that was made for two of the teacher's shape. Its weights stand beside the
 * method's own.
 */
export function adapt(
  method: DistillationMethod,
  adapter: Adapter,
  { student, teacher }: { readonly student: Shape; readonly teacher: Shape },
  seed: number,
): DistillationMethod {
  const own: Record<string, tf.Variable> = {};
  const compute = adapter.create(student, teacher, seededWeights(seed, own));
  const { pretraining, remember } = method;
  type Inputs = LossInputs<OneOrMore<tf.Tensor>>;
  // Adapters stand in front of methods on one layer only.
  const adapted = (inputs: Inputs): Inputs => ({ ...inputs, student: compute(only(inputs.student)) });
  return {
    weights: { ...method.weights, ...own },
    needs: method.needs,
    views: method.views,
    setWeights(values) {
      const rest = Object.entries(values).filter(([name]) => !(name in own));
      for (const [name, variable] of Object.entries(own)) if (values[name]) variable.assign(values[name]);
      method.setWeights(Object.fromEntries(rest));
    },
    loss: (inputs) => tf.tidy(() => method.loss(adapted(inputs))),
    ...(pretraining && { pretraining: (inputs) => tf.tidy(() => pretraining(adapted(inputs))) }),
    ...(remember && { remember: (inputs) => tf.tidy(() => remember(adapted(inputs))) }),
    dispose() {
      method.dispose();
      tf.dispose(own);
    },
  };
}

/** Of what is hooked, which is one layer. */
function only(features: OneOrMore<tf.Tensor>): tf.Tensor {
  return features instanceof tf.Tensor ? features : Object.values(features)[0]!;
}
