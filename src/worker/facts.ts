import { totalFlops, type Model } from '../engine/models/model';
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
    hooks: hooks.map(({ name, method, adapter, studentLayer, teacherLayer, shapes }, index) => ({
      name,
      method: recipe.hooks[index]!.method,
      student: [sideOf(studentLayer, shapes.student)],
      teacher: [sideOf(teacherLayer, shapes.teacher)],
      ...(adapter !== undefined && { adapter }),
      parameters: Object.values(method.weights).reduce((sum, weight) => sum + weight.size, 0),
    })),
  };
}

function sideOf(layer: string | undefined, shape: readonly number[]): { layer?: string; shape: number[] } {
  return { ...(layer !== undefined && { layer }), shape: shape.slice(1) };
}
