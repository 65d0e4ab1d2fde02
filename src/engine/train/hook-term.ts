import { InputError, messageOf } from '../../common/errors';
import type { Hook, HookSchedule } from '../../recipe/schema';
import { amongst } from '../../common/suggest';
import { adapt } from '../adapters/adapt';
import { type Adapter, adapters } from '../adapters/adapter';
import { createMethod, methodNamed } from '../methods/registry';
import type { DistillationMethod } from '../methods/method';
import { sampleShape, ShapeError } from '../methods/shapes';
import type { Model } from '../models/model';

/** One hook at work: a method between a layer (or the logits) of the student and one of the teacher. */
export interface HookTerm {
  /** Name of the term in losses and metrics: `kd`, `tat@stage3`. */
  readonly name: string;
  readonly method: DistillationMethod;
  /** What was put in front of the method because it refuses the shapes as they are. */
  readonly adapter?: string;
  /** Layer ids; undefined where the method hooks the logits. */
  readonly studentLayer: string | undefined;
  readonly teacherLayer: string | undefined;
  /** What the method is put between, with the batch first. */
  readonly shapes: { readonly student: readonly number[]; readonly teacher: readonly number[] };
  readonly weight: number;
  readonly schedule: HookSchedule | undefined;
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
  shapes: HookTerm['shapes'],
  seed: number,
): Pick<HookTerm, 'method' | 'adapter'> {
  const { student, teacher } = shapes;
  const behind = (adapter: Adapter): Pick<HookTerm, 'method' | 'adapter'> => {
    const method = createMethod(name, options, { student: teacher, teacher }, { seed });
    return { method: adapt(method, adapter, shapes, seed), adapter: adapter.describe(student, teacher) };
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
    return { method: createMethod(name, options, shapes, { seed }) };
  } catch (error) {
    const [first] = fitting;
    if (!(error instanceof ShapeError) || first === undefined) throw error;
    if (wanted === 'auto') return behind(first);
    throw new InputError(`${messageOf(error)}, or let the adapter "${first.name}" help`);
  }
}

/** The shape of what a hook sees: a layer's output, or the logits, with the batch size put in. */
function hookedShape(model: Model, layerId: string | undefined, batchSize: number): number[] {
  const output = layerId === undefined ? model.network.outputs[0]! : model.layer(layerId).output;
  return output.shape.map((size, axis) => (axis === 0 ? batchSize : (size ?? 0)));
}

/**
 * Creates the methods of all hooks against the real models.
 * Throws `HookError` with the place in the recipe for unknown layers and impossible shapes.
 */
export function createHookTerms(
  hooks: readonly Hook[],
  names: readonly string[],
  models: { readonly student: Model; readonly teacher: Model },
  batchSize: number,
  seed: number,
): HookTerm[] {
  return hooks.map((hook, index) => {
    const path = `hooks[${index}]`;
    const definition = at(`${path}.method`, () => methodNamed(hook.method));
    const onLogits = definition.hooks === 'logits';
    const studentLayer = onLogits ? undefined : hook.student;
    const teacherLayer = onLogits ? undefined : hook.teacher;
    const student = at(`${path}.student`, () => hookedShape(models.student, studentLayer, batchSize));
    const teacher = at(`${path}.teacher`, () => hookedShape(models.teacher, teacherLayer, batchSize));
    const shapes = { student, teacher };
    const adapted = at(path, () => createAdapted(hook, shapes, seed + 1000 * (index + 1)));
    return {
      name: names[index]!,
      ...adapted,
      studentLayer,
      teacherLayer,
      shapes,
      weight: hook.weight,
      schedule: hook.schedule,
    };
  });
}
