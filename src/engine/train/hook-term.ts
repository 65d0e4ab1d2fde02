import { InputError, messageOf } from '../../common/errors';
import { amongst } from '../../common/suggest';
import type { HookPair } from '../../recipe/hook-pairs';
import type { Hook, HookSchedule } from '../../recipe/schema';
import { sourcesOf, STUDENT } from '../../recipe/teachers';
import { adapt } from '../adapters/adapt';
import { type Adapter, adapters } from '../adapters/adapter';
import { createMethod, methodNamed } from '../methods/registry';
import type { DistillationMethod, Parts } from '../methods/method';
import { sampleShape, ShapeError } from '../methods/shapes';
import { classifierOf } from '../models/classifier';
import type { Model } from '../models/model';
import { normalizationOf } from '../models/normalization';
import { LOGITS } from './activations';
import { type Cohort, learnersOf, modelsOf, prefixOf } from './teachers';

/**
 * One hook at work: a method between a layer (or the logits) of a model that learns and one of another model, or the
 * mean over several.
 */
export interface HookTerm {
  /** Name of the term in losses and metrics: `kd`, `tat@stage3`, `peer/kd:peer` where the peer learns. */
  readonly name: string;
  /** Name of the pair that it works for, in one of its directions. */
  readonly pair: string;
  /** Of the hook among the recipe's, from 0. */
  readonly index: number;
  /** Name of the model that learns: the student, or a teacher that learns too. */
  readonly learner: string;
  readonly method: DistillationMethod;
  /** What was put in front of the method because it refuses the shapes as they are. */
  readonly adapter?: string;
  /** What the method is put between: the logits, one layer, or several. `student` is the side of the learner. */
  readonly student: readonly HookedLayer[];
  /** Of the first of those that it learns from; the others' have the same shapes. */
  readonly teacher: readonly HookedLayer[];
  /** Whom it learns from; of several, the mean of their activations. */
  readonly from: readonly HookedModel[];
  readonly weight: number;
  readonly schedule: HookSchedule | undefined;
}

/** One model's side of a hook. */
export interface HookedModel {
  readonly model: string;
  readonly layers: readonly HookedLayer[];
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

/** Values of a method that training changes; its state is none of them. */
export function countParameters({ method }: Pick<HookTerm, 'method'>): number {
  return Object.values(method.weights)
    .filter((weight) => weight.trainable)
    .reduce((sum, weight) => sum + weight.size, 0);
}

/** What hooks are put between. */
interface Surroundings extends Cohort {
  /** The class of every training sample by its id; -1 for those that are not trained on. */
  readonly trainingLabels?: Int32Array;
}

/**
 * Creates the methods of all hooks against the real models: one for each pair of layers, and where teachers learn too,
 * one for each of the models that learn from the others.
 * Throws `HookError` with the place in the recipe for unknown layers and impossible shapes.
 */
export function createHookTerms(
  pairs: readonly HookPair[],
  surroundings: Surroundings,
  batchSize: number,
  firstSeed: number,
): HookTerm[] {
  const learners = learnersOf(surroundings);
  return pairs.flatMap((pair, place) => {
    const student = sideOf(pair, 'student', STUDENT, surroundings, batchSize);
    const sources = sourcesOf(pair.hook).map((name) =>
      sideOf(pair, 'teacher', name, surroundings, batchSize),
    );
    const others = sources.filter(({ model }) => model !== STUDENT && learners.includes(model));
    return [student, ...others].map((learner, turn) => {
      const from = learner === student ? sources : [student, ...sources].filter((one) => one !== learner);
      return createTerm(pair, learner, from, surroundings, firstSeed + 1000 * (place + 1) + turn);
    });
  });
}

/** The layers of a model that one side of a pair names. */
function sideOf(
  { hook, index, paths }: HookPair,
  side: 'student' | 'teacher',
  model: string,
  surroundings: Surroundings,
  batchSize: number,
): HookedModel {
  const onLogits = at(`hooks[${index}].method`, () => methodNamed(hook.method)).hooks === 'logits';
  const layers = at(paths[side], () =>
    hookedLayers(modelsOf(surroundings).get(model)!, onLogits ? undefined : hook[side], batchSize),
  );
  return { model, layers };
}

function createTerm(
  { name, index, hook }: HookPair,
  { model: learner, layers: student }: HookedModel,
  from: readonly HookedModel[],
  surroundings: Surroundings,
  seed: number,
): HookTerm {
  const path = `hooks[${index}]`;
  const definition = methodNamed(hook.method);
  const teacher = from[0]!.layers;
  at(`${path}.from`, () => checkMean(from));
  const shapes = { student: student.map(({ shape }) => shape), teacher: teacher.map(({ shape }) => shape) };
  const parts = at(`${path}.teacher`, () => partsOf(definition.requires ?? [], from, surroundings));
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
    name: `${prefixOf(learner)}${name}`,
    pair: name,
    index,
    learner,
    ...adapted,
    student,
    teacher,
    from,
    weight: hook.weight,
    schedule: hook.schedule,
  };
}

/** Throws `HookError` for a method that turns images where these, [height, width, channels], are not square. */
export function checkViews(
  hooks: readonly HookTerm[],
  [height, width]: readonly [number, number, number],
): void {
  const turning = hooks.find(({ method }) => method.views !== undefined);
  if (height === width || turning === undefined) return;
  throw new HookError(
    `hooks[${turning.index}].method`,
    `it looks at images turned by 90 degrees too, and those of ${height} x ${width} are not square; choose another method`,
  );
}

/** Activations of several models have a mean where their shapes are the same. */
function checkMean(from: readonly HookedModel[]): void {
  const shapesOf = ({ layers }: HookedModel): string => layers.map(({ shape }) => sampleShape(shape)).join();
  const other = from.find((one) => shapesOf(one) !== shapesOf(from[0]!));
  if (other === undefined) return;
  throw new InputError(
    `the mean needs activations of one shape, but those of "${from[0]!.model}" are ${shapesOf(from[0]!)} and those of "${other.model}" ${shapesOf(other)}`,
  );
}
