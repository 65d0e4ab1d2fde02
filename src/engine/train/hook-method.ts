import { InputError, messageOf } from '../../common/errors';
import { amongst } from '../../common/suggest';
import type { Hook } from '../../recipe/schema';
import { adapt } from '../adapters/adapt';
import { type Adapter, adapters } from '../adapters/adapter';
import type { DistillationMethod, Parts } from '../methods/method';
import { createMethod, methodNamed } from '../methods/registry';
import { sampleShape, ShapeError } from '../methods/shapes';
import { classifierOf } from '../models/classifier';
import { normalizationOf } from '../models/normalization';
import type { HookedLayer, HookedModel } from './hook-term';
import { type Cohort, modelsOf } from './teachers';

/** A method for one hook, and what was put in front of it because it refuses the shapes as they are. */
export interface HookMethod {
  readonly method: DistillationMethod;
  readonly adapter?: string;
}

interface Made {
  readonly seed: number;
  readonly parts: Partial<Parts>;
}

/** Creates the method of a hook between these layers. Throws `InputError` for shapes that it cannot take. */
export function createHookMethod(
  hook: Hook,
  {
    student,
    teacher,
  }: { readonly student: readonly HookedLayer[]; readonly teacher: readonly HookedLayer[] },
  made: Made,
): HookMethod {
  const shapesOf = (layers: readonly HookedLayer[]): (readonly number[])[] =>
    layers.map(({ shape }) => shape);
  const shapes = { student: shapesOf(student), teacher: shapesOf(teacher) };
  if (methodNamed(hook.method).layers === 'one') {
    return createAdapted(hook, { student: shapes.student[0]!, teacher: shapes.teacher[0]! }, made);
  }
  const named = { student: byPlace(shapes.student), teacher: byPlace(shapes.teacher) };
  return { method: createMethod(hook.method, hook.options, named, made) };
}

/**
 * The method for these shapes; behind an adapter where the hook names one, or where the method refuses the shapes and
 * the hook leaves the choice open.
 */
function createAdapted(
  { method: name, options, adapter: wanted = 'auto' }: Hook,
  shapes: { readonly student: readonly number[]; readonly teacher: readonly number[] },
  made: Made,
): HookMethod {
  const { student, teacher } = shapes;
  const behind = (adapter: Adapter): HookMethod => {
    const method = createMethod(name, options, { student: teacher, teacher }, made);
    return { method: adapt(method, adapter, shapes, made.seed), adapter: adapter.describe(student, teacher) };
  };
  // Logits mean classes: nothing may mix them.
  const isAdaptable = methodNamed(name).hooks !== 'logits';
  const fitting = adapters.filter((adapter) => isAdaptable && adapter.fits(student, teacher));
  if (wanted !== 'auto' && wanted !== 'none') {
    const adapter = fitting.find((candidate) => candidate.name === wanted);
    if (adapter) return behind(adapter);
    throw new InputError(
      `the adapter "${wanted}" cannot bring ${sampleShape(student)} to ${sampleShape(teacher)}${amongst(
        wanted,
        fitting.map((candidate) => candidate.name),
      )}`,
    );
  }
  try {
    return { method: createMethod(name, options, shapes, made) };
  } catch (error) {
    const [first] = fitting;
    if (!(error instanceof ShapeError) || first === undefined) throw error;
    if (wanted === 'auto') return behind(first);
    throw new InputError(`${messageOf(error)}, or let the adapter "${first.name}" help`);
  }
}

/** A record as methods on several layers take it. */
export function byPlace<Value>(values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, place) => [`layer ${place + 1}`, value]));
}

/** What hooks are put between. */
export interface Surroundings extends Cohort {
  /** The class of every training sample by its id; -1 for those that are not trained on. */
  readonly trainingLabels?: Int32Array;
}

/** The parts that a method asks for. */
export function partsOf(
  required: readonly (keyof Parts)[],
  from: readonly HookedModel[],
  surroundings: Surroundings,
): Partial<Parts> {
  const { trainingLabels } = surroundings;
  const is = (part: keyof Parts): boolean => required.includes(part);
  if (from.length > 1 && (is('classifier') || is('normalizations'))) {
    throw new InputError(
      "the method uses weights of the teacher's own, which have no mean; name one teacher",
    );
  }
  const teacher = modelsOf(surroundings).get(from[0]!.model)!;
  return {
    ...(is('classifier') && { classifier: classifierOf(teacher) }),
    ...(is('trainingLabels') && trainingLabels && { trainingLabels }),
    ...(is('normalizations') && {
      normalizations: from[0]!.layers.map(({ id }) => normalizationOf(teacher, id)),
    }),
  };
}
