import * as tf from '@tensorflow/tfjs';
import type { OptimizerSettings } from '../../recipe/schema';
import { assignAll } from '../assign';
import { adam } from './adam';
import { sgd } from './sgd';
import type { UpdateRule } from './update-rule';

/** A weight in training. */
export interface OptimizerParameter {
  readonly name: string;
  readonly variable: tf.Variable;
  /** Multiplies the learning rate; 0 leaves the weight as it is. */
  readonly lrMultiplier: number;
  readonly weightDecay: number;
}

export interface Optimizer {
  /**
   * Changes the weights by their gradients, by parameter name; a parameter without one is left alone, decay
   * included. The gradients stay the caller's.
   */
  step(gradients: Readonly<Record<string, tf.Tensor>>, lr: number): void;
  /** The optimizer's own tensors, alive: to be cloned by whoever keeps them. */
  state(): Record<string, tf.Tensor>;
  /** Puts back what `state` gave. Throws `InputError` when names or shapes are not those of this optimizer. */
  setState(values: Readonly<Record<string, tf.Tensor>>): Promise<void>;
  dispose(): void;
}

export function createOptimizer(
  settings: OptimizerSettings,
  parameters: readonly OptimizerParameter[],
): Optimizer {
  return new RuleOptimizer(
    settings.type === 'sgd' ? sgd(settings) : adam(settings),
    parameters.filter((parameter) => parameter.lrMultiplier > 0),
  );
}

/** Name of the state that counts the steps. */
const stepName = 'step';

class RuleOptimizer implements Optimizer {
  private steps = 0;
  private readonly memory: Record<string, tf.Variable>;

  constructor(
    private readonly rule: UpdateRule,
    private readonly parameters: readonly OptimizerParameter[],
  ) {
    this.memory = tf.tidy(() => ({
      [stepName]: tf.variable(tf.scalar(0, 'int32'), false),
      ...Object.fromEntries(
        parameters.flatMap(({ name, variable }) =>
          rule.slots.map((slot) => [`${slot}/${name}`, tf.variable(tf.zerosLike(variable), false)]),
        ),
      ),
    }));
  }

  step(gradients: Readonly<Record<string, tf.Tensor>>, lr: number): void {
    const step = ++this.steps;
    const constants = new Map<number, tf.Scalar>();
    const constant = (value: number): tf.Scalar => {
      let scalar = constants.get(value);
      if (!scalar) constants.set(value, (scalar = tf.keep(tf.scalar(value))));
      return scalar;
    };
    for (const { name, variable, lrMultiplier, weightDecay } of this.parameters) {
      const gradient = gradients[name];
      if (!gradient) continue;
      const slots = Object.fromEntries(
        this.rule.slots.map((slot) => [slot, this.memory[`${slot}/${name}`]!]),
      );
      // A tidy for each weight: the temporaries of all together would take several times the model's size.
      tf.tidy(() => {
        const changed = this.rule.apply({
          weight: variable,
          gradient,
          slots,
          lr: lr * lrMultiplier,
          weightDecay,
          step,
          constant,
        });
        for (const [slot, value] of Object.entries(changed.slots)) slots[slot]!.assign(value);
        variable.assign(changed.weight);
      });
    }
    tf.tidy(() => this.memory[stepName]!.assign(tf.scalar(step, 'int32')));
    tf.dispose([...constants.values()]);
  }

  state(): Record<string, tf.Tensor> {
    return { ...this.memory };
  }

  async setState(values: Readonly<Record<string, tf.Tensor>>): Promise<void> {
    assignAll('The optimizer', this.memory, values);
    [this.steps = 0] = await this.memory[stepName]!.data();
  }

  dispose(): void {
    tf.dispose(this.memory);
  }
}
