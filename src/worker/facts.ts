import { totalFlops, type Model } from '../engine/models/model';
import { LOGITS } from '../engine/train/activations';
import { countParameters, type HookedLayer } from '../engine/train/hook-term';
import type { RunInfo } from '../runs/types';
import type { Prepared } from './prepare';

/** What is known about a run before its first step and does not change any more. */
export function factsOf({
  recipe,
  data,
  student,
  teacher,
  hooks,
}: Prepared): Pick<RunInfo, 'parameters' | 'flops' | 'data' | 'hooks'> {
  const ofBoth = (measure: (model: Model) => number): { student: number; teacher?: number } => ({
    student: measure(student),
    ...(teacher && { teacher: measure(teacher) }),
  });
  const { classNames, imageShape, samples } = data.info;
  return {
    parameters: ofBoth((model) => model.parameters),
    flops: ofBoth(totalFlops),
    data: { classNames: [...classNames], imageShape: [...imageShape], samples: { ...samples } },
    hooks: hooks.map(({ name, method, adapter, student: ofStudent, teacher: ofTeacher }, index) => ({
      name,
      method: recipe.hooks[index]!.method,
      student: ofStudent.map(sideOf),
      teacher: ofTeacher.map(sideOf),
      ...(adapter !== undefined && { adapter }),
      parameters: countParameters({ method }),
    })),
  };
}

function sideOf({ id, shape }: HookedLayer): { layer?: string; shape: number[] } {
  return { ...(id !== LOGITS && { layer: id }), shape: shape.slice(1) };
}
