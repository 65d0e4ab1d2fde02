import { InputError, messageOf } from '../../common/errors';
import type { HookPair } from '../../recipe/hook-pairs';
import type { Hook, HookSchedule } from '../../recipe/schema';
import { sourcesOf, STUDENT } from '../../recipe/teachers';
import { methodNamed } from '../methods/registry';
import { sampleShape } from '../methods/shapes';
import type { Model } from '../models/model';
import { LOGITS } from './activations';
import { createHookMethod, type HookMethod, partsOf, type Surroundings } from './hook-method';
import { learnersOf, modelsOf, prefixOf } from './teachers';

/**
 * One hook at work: a method between a layer (or the logits) of a model that learns and one of another model, or of
 * several.
 */
export interface HookTerm extends HookMethod {
  /** Name of the term in losses and metrics: `kd`, `tat@stage3`, `peer/kd:peer` where the peer learns. */
  readonly name: string;
  /** Name of the pair that it works for, in one of its directions. */
  readonly pair: string;
  /** Of the hook among the recipe's, from 0. */
  readonly index: number;
  /** Name of the model that learns: the student, or a teacher that learns too. */
  readonly learner: string;
  /** What the method is put between: the logits, one layer, or several. `student` is the side of the learner. */
  readonly student: readonly HookedLayer[];
  /** Of the first of those that it learns from; the others' have the same shapes. */
  readonly teacher: readonly HookedLayer[];
  /** Whom it learns from; `callOf` says how from several. */
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

/** The layers that a hook names, with their shapes and the batch size put in; the logits where it hooks those. */
function hookedLayers(model: Model, named: Hook['student'], batchSize: number): HookedLayer[] {
  return [named ?? LOGITS].flat().map((id) => {
    const output = id === LOGITS ? model.network.outputs[0]! : model.layer(id).output;
    return { id, shape: output.shape.map((size, axis) => (axis === 0 ? batchSize : (size ?? 0))) };
  });
}

/** Values of a method that training changes; its state is none of them. */
export function countParameters({ method }: Pick<HookTerm, 'method'>): number {
  return Object.values(method.weights)
    .filter((weight) => weight.trainable)
    .reduce((sum, weight) => sum + weight.size, 0);
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
  const parts = at(`${path}.teacher`, () => partsOf(definition.requires ?? [], from, surroundings));
  const made = at(path, () => createHookMethod(hook, { student, teacher }, { seed, parts }));
  return {
    name: `${prefixOf(learner)}${name}`,
    pair: name,
    index,
    learner,
    ...made,
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
