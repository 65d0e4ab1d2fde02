import { InputError, messageOf } from '../../common/errors';
import type { Hook, HookSchedule } from '../../recipe/schema';
import { adaptChannels, differInChannelsOnly } from '../adapters/channels';
import { createMethod, methodNamed } from '../methods/registry';
import type { DistillationMethod } from '../methods/method';
import { ShapeError } from '../methods/shapes';
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

/** The method for these shapes, behind an adapter where it refuses them for their channels alone. */
function createAdapted(
  { method: name, options }: Hook,
  shapes: HookTerm['shapes'],
  seed: number,
): Pick<HookTerm, 'method' | 'adapter'> {
  try {
    return { method: createMethod(name, options, shapes, { seed }) };
  } catch (error) {
    if (!(error instanceof ShapeError) || !differInChannelsOnly(shapes)) throw error;
    const equal = { student: shapes.teacher, teacher: shapes.teacher };
    const method = createMethod(name, options, equal, { seed });
    return {
      method: adaptChannels(method, shapes, seed),
      adapter: `1x1 convolution, ${shapes.student[3]} to ${shapes.teacher[3]} channels`,
    };
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
