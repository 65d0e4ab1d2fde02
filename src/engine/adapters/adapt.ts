import * as tf from '@tensorflow/tfjs';
import type { DistillationMethod, OneOrMore, Shape } from '../methods/method';
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
  return {
    weights: { ...method.weights, ...own },
    setWeights(values) {
      const rest = Object.entries(values).filter(([name]) => !(name in own));
      for (const [name, variable] of Object.entries(own)) if (values[name]) variable.assign(values[name]);
      method.setWeights(Object.fromEntries(rest));
    },
    // Adapters stand in front of methods on one layer only.
    loss: (inputs) => tf.tidy(() => method.loss({ ...inputs, student: compute(only(inputs.student)) })),
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
