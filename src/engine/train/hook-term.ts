import { InputError, messageOf } from '../../common/errors';
import type { Hook, HookSchedule } from '../../recipe/schema';
import { amongst } from '../../common/suggest';
import { adapt } from '../adapters/adapt';
import { type Adapter, adapters } from '../adapters/adapter';
import { createMethod, methodNamed } from '../methods/registry';
import type { DistillationMethod, Parts } from '../methods/method';
import { sampleShape, ShapeError } from '../methods/shapes';
import { classifierOf } from '../models/classifier';
import type { Model } from '../models/model';
import { normalizationOf } from '../models/normalization';
import { LOGITS } from './activations';

/** One hook at work: a method between a layer (or the logits) of the student and one of the teacher. */
export interface HookTerm {
  /** Name of the term in losses and metrics: `kd`, `tat@stage3`. */
  readonly name: string;
  readonly method: DistillationMethod;
  /** What was put in front of the method because it refuses the shapes as they are. */
  readonly adapter?: string;
  /** What the method is put between: the logits, one layer, or several. */
  readonly student: readonly HookedLayer[];
  readonly teacher: readonly HookedLayer[];
  readonly weight: number;
  readonly schedule: HookSchedule | undefined;
}

/** What a hook sees of a model. */
export interface HookedLayer {
  /** `LOGITS` for methods that hook those. */
  readonly id: string;
  /** With the batch first. */
  readonly shape: readonly number[];
}

/** An error in one hook, with its place in the recipe: `hooks[1].student`. */
export class HookError extends InputError {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

function at<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw new HookError(path, messageOf(error));
    throw error;
  }
}

/**
 * The method for these shapes; behind an adapter where the hook names one, or where the method refuses the shapes and
 * the hook leaves the choice open.
 */
function createAdapted(
  { method: name, options, adapter: wanted = 'auto' }: Hook,
  shapes: { readonly student: readonly number[]; readonly teacher: readonly number[] },
  made: { readonly seed: number; readonly parts: Partial<Parts> },
): Pick<HookTerm, 'method' | 'adapter'> {
  const { student, teacher } = shapes;
  const behind = (adapter: Adapter): Pick<HookTerm, 'method' | 'adapter'> => {
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

/** The layers that a hook names, with their shapes and the batch size put in; the logits where it hooks those. */
function hookedLayers(model: Model, named: Hook['student'], batchSize: number): HookedLayer[] {
  return [named ?? LOGITS].flat().map((id) => {
    const output = id === LOGITS ? model.network.outputs[0]! : model.layer(id).output;
    return { id, shape: output.shape.map((size, axis) => (axis === 0 ? batchSize : (size ?? 0))) };
  });
}

/** A record as methods on several layers take it. */
export function byPlace<Value>(values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, place) => [`layer ${place + 1}`, value]));
}

/** The parts that a method asks for. */
function partsOf(
  required: readonly (keyof Parts)[],
  { teacher, trainingLabels }: Surroundings,
  hooked: readonly HookedLayer[],
): Partial<Parts> {
  const is = (part: keyof Parts): boolean => required.includes(part);
  return {
    ...(is('classifier') && { classifier: classifierOf(teacher) }),
    ...(is('trainingLabels') && trainingLabels && { trainingLabels }),
    ...(is('normalizations') && { normalizations: hooked.map(({ id }) => normalizationOf(teacher, id)) }),
  };
}

/** Values of a method that training changes; its state is none of them. */
export function countParameters({ method }: Pick<HookTerm, 'method'>): number {
  return Object.values(method.weights)
    .filter((weight) => weight.trainable)
    .reduce((sum, weight) => sum + weight.size, 0);
}

/** What hooks are put between. */
interface Surroundings {
  readonly student: Model;
  readonly teacher: Model;
  /** The class of every training sample by its id; -1 for those that are not trained on. */
  readonly trainingLabels?: Int32Array;
}

/**
 * Creates the methods of all hooks against the real models.
 * Throws `HookError` with the place in the recipe for unknown layers and impossible shapes.
 */
export function createHookTerms(
  hooks: readonly Hook[],
  names: readonly string[],
  models: Surroundings,
  batchSize: number,
  firstSeed: number,
): HookTerm[] {
  return hooks.map((hook, index) => {
    const path = `hooks[${index}]`;
    const seed = firstSeed + 1000 * (index + 1);
    const definition = at(`${path}.method`, () => methodNamed(hook.method));
    const onLogits = definition.hooks === 'logits';
    const layers = (side: 'student' | 'teacher'): HookedLayer[] =>
      at(`${path}.${side}`, () => hookedLayers(models[side], onLogits ? undefined : hook[side], batchSize));
    const [student, teacher] = [layers('student'), layers('teacher')];
    const shapes = { student: student.map(({ shape }) => shape), teacher: teacher.map(({ shape }) => shape) };
    const parts = at(`${path}.teacher`, () => partsOf(definition.requires ?? [], models, teacher));
    const adapted = at(path, () =>
      definition.layers === 'several'
        ? {
            method: createMethod(
              hook.method,
              hook.options,
              { student: byPlace(shapes.student), teacher: byPlace(shapes.teacher) },
              { seed, parts },
            ),
          }
        : createAdapted(hook, { student: shapes.student[0]!, teacher: shapes.teacher[0]! }, { seed, parts }),
    );
    return {
      name: names[index]!,
      ...adapted,
      student,
      teacher,
      weight: hook.weight,
      schedule: hook.schedule,
    };
  });
}
