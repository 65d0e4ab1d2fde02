import { totalFlops, type Model } from '../engine/models/model';
import { LOGITS } from '../engine/train/activations';
import { countParameters, type HookedLayer, type HookTerm } from '../engine/train/hook-term';
import { STUDENT, TEACHER } from '../recipe/teachers';
import type { RunInfo } from '../runs/types';
import type { Prepared } from './prepare';

/** What is known about a run before its first step and does not change any more. */
export function factsOf({
  recipe,
  data,
  student,
  teachers,
  hooks,
}: Prepared): Pick<RunInfo, 'parameters' | 'flops' | 'data' | 'hooks'> {
  const ofAll = (measure: (model: Model) => number): NonNullable<RunInfo['parameters']> => {
    const { [TEACHER]: teacher, ...further } = Object.fromEntries(
      [...teachers].map(([name, { model }]) => [name, measure(model)]),
    );
    return {
      student: measure(student),
      ...(teacher !== undefined && { teacher }),
      ...(Object.keys(further).length > 0 && { teachers: further }),
    };
  };
  const { classNames, imageShape, samples } = data.info;
  return {
    parameters: ofAll((model) => model.parameters),
    flops: ofAll(totalFlops),
    data: { classNames: [...classNames], imageShape: [...imageShape], samples: { ...samples } },
    hooks: hooks.map((hook) => ({
      name: hook.name,
      method: recipe.hooks[hook.index]!.method,
      ...(hook.learner !== STUDENT && { learner: hook.learner }),
      ...(isFromTeacher(hook) ? {} : { from: hook.from.map(({ model }) => model) }),
      student: hook.student.map(sideOf),
      teacher: hook.teacher.map(sideOf),
      ...(hook.adapter !== undefined && { adapter: hook.adapter }),
      parameters: countParameters(hook),
    })),
  };
}

function isFromTeacher({ from }: HookTerm): boolean {
  return from.length === 1 && from[0]!.model === TEACHER;
}

function sideOf({ id, shape }: HookedLayer): { layer?: string; shape: number[] } {
  return { ...(id !== LOGITS && { layer: id }), shape: shape.slice(1) };
}
