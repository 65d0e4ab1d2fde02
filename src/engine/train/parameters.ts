import type * as tf from '@tensorflow/tfjs';
import { STUDENT } from '../../recipe/teachers';
import type { TrainSettings } from '../../recipe/schema';
import { assignGroups } from './groups';
import type { HookTerm } from './hook-term';
import type { OptimizerParameter } from './optimizer';
import { type Cohort, learnersOf, modelsOf, pathOf } from './teachers';

/** A weight that training may change. */
export interface Parameter {
  readonly optimized: OptimizerParameter;
  /** The model whose loss it lowers: gradients are clipped for each of these by itself. */
  readonly learner: string;
  /** The hook that it belongs to; undefined for a model's own. */
  readonly hook: HookTerm | undefined;
}

/**
 * What a training may change, by stable name: the student's trainable weights (`stage1/kernel`), those of teachers
 * that learn (`teachers/peer/stage1/kernel`) and those of the hooks' methods (`hooks/tat@stage3/theta/kernel`), each
 * with the settings of its group. Throws `InputError` for a group that matches none.
 */
export function parametersOf(
  cohort: Cohort,
  hooks: readonly HookTerm[],
  { groups, optimizer }: Pick<TrainSettings, 'groups' | 'optimizer'>,
): ReadonlyMap<string, Parameter> {
  const models = modelsOf(cohort);
  const owned = [
    ...learnersOf(cohort).flatMap((learner) =>
      [...models.get(learner)!.weights]
        .filter(([, { trainable }]) => trainable)
        .map(([weight, { variable }]) => {
          const name = learner === STUDENT ? weight : `${pathOf(learner)}/${weight}`;
          return { name, variable, learner, hook: undefined };
        }),
    ),
    ...hooks.flatMap((hook) =>
      Object.entries(hook.method.weights)
        .filter(([, { trainable }]) => trainable)
        .map(([weight, variable]) => {
          return { name: `hooks/${hook.name}/${weight}`, variable, learner: hook.learner, hook };
        }),
    ),
  ];
  const variables = new Map<string, tf.Variable>(owned.map(({ name, variable }) => [name, variable]));
  const optimized = assignGroups(variables, groups, optimizer.weightDecay);
  return new Map(
    owned.map(({ name, learner, hook }, index) => [name, { optimized: optimized[index]!, learner, hook }]),
  );
}
