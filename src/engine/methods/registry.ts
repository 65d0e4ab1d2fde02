import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { CatalogueMethod } from '../../recipe/catalogue';
import { assignByName } from '../assign';
import { detach } from '../operations/detach';
import type {
  DistillationMethod,
  Loss,
  LossAndMore,
  LossInputs,
  MethodDefinition,
  OneOrMore,
  Parts,
  Shape,
} from './method';
import { ab } from './ab';
import { afd } from './afd';
import { at } from './at';
import { cankd } from './cankd';
import { cc } from './cc';
import { cd } from './cd';
import { crd } from './crd';
import { ct } from './ct';
import { cwd } from './cwd';
import { dist } from './dist';
import { dkd } from './dkd';
import { fitnets } from './fitnets';
import { fsp } from './fsp';
import { ft } from './ft';
import { ickd } from './ickd';
import { isrd } from './isrd';
import { kd } from './kd';
import { mgd } from './mgd';
import { nst } from './nst';
import { ofd } from './ofd';
import { completeOptions } from './options';
import { pad } from './pad';
import { pkd } from './pkd';
import { pkt } from './pkt';
import { reviewkd } from './reviewkd';
import { rkd } from './rkd';
import { sampleShape, ShapeError } from './shapes';
import { simkd } from './simkd';
import { sp } from './sp';
import { srd } from './srd';
import { sskd } from './sskd';
import { tat } from './tat';
import { tatDense } from './tat-dense';
import { thkd } from './thkd';
import { vid } from './vid';
import { seededWeights } from './weights';
import { wsld } from './wsld';

/** All methods, in the order in which they are offered. A new one is a file beside this and a line here. */
export const methods: readonly MethodDefinition[] = [
  kd,
  dkd,
  dist,
  wsld,
  fitnets,
  tat,
  tatDense,
  ct,
  cankd,
  at,
  ab,
  ft,
  vid,
  nst,
  ickd,
  cd,
  cwd,
  pkd,
  mgd,
  isrd,
  fsp,
  reviewkd,
  ofd,
  afd,
  simkd,
  crd,
  thkd,
  sp,
  cc,
  rkd,
  pkt,
  srd,
  pad,
  sskd,
];

/** Finds a method; `InputError` with the nearest right name if there is none. */
export function methodNamed(name: string): MethodDefinition {
  const method = methods.find((candidate) => candidate.name === name);
  if (method) return method;
  const names = methods.map((candidate) => candidate.name);
  throw new InputError(
    `There is no method "${name}"${didYouMean(name, names) || `; there are ${names.join(', ')}`}`,
  );
}

/** The methods as plain data, for the catalogue. */
export function catalogueMethods(): CatalogueMethod[] {
  return methods.map(
    ({ name, title, summary, hooks, layers, publishedWeight, reference, alsoNeeds, options }) => ({
      ...{ name, title, summary, hooks, layers, publishedWeight, reference },
      ...(alsoNeeds !== undefined && { alsoNeeds }),
      options,
    }),
  );
}

/**
 * Puts a method to work between a layer of the student and one of the teacher, or several of each.
 *
 * `shapes` have the batch first (its size is free): maps [N, H, W, C], vectors and logits [N, C]; for a method on
 * several layers a record of them, shallow to deep.
 * `options` are checked and completed with the method's defaults. Weights are drawn from `seed` (default 0).
 * `parts` are what the method `requires` of teacher and data; they stay the caller's.
 * Throws `InputError` for an unknown method or option, an impossible value, a missing part, or shapes that it cannot
 * take.
 *
 * The loss is unweighted and differentiable in the student and in the method's weights; no gradient reaches
 * the teacher. It leaves no tensor behind but its result.
 */
export function createMethod(
  name: string,
  options: Readonly<Record<string, unknown>>,
  shapes: { readonly student: OneOrMore<Shape>; readonly teacher: OneOrMore<Shape> },
  { seed = 0, parts = {} }: { readonly seed?: number; readonly parts?: Partial<Parts> } = {},
): DistillationMethod {
  const method = methodNamed(name);
  const lists = { student: listOf<Shape>(shapes.student), teacher: listOf<Shape>(shapes.teacher) };
  const weights: Record<string, tf.Variable> = {};
  const factory = seededWeights(seed, weights);
  const complete = completeOptions(name, method.options, options);
  const checked = checkedParts(method, parts);
  const { loss, pretraining, remember } =
    method.layers === 'several'
      ? withMore(method.create(complete, lists, factory, checked))
      : onOneLayer(withMore(method.create(complete, onlyOf(name, lists), factory, checked)));

  /** The same function of what callers give, checked. */
  const called =
    <Result extends tf.Scalar | void>(compute: (inputs: LossInputs<readonly tf.Tensor[]>) => Result) =>
    ({ student, teacher, ...beside }: LossInputs<OneOrMore<tf.Tensor>>): Result => {
      const inputs = { ...beside, student: listOf<tf.Tensor>(student), teacher: listOf<tf.Tensor>(teacher) };
      checkInputs(method, lists, inputs);
      return tf.tidy(() => compute(withoutGradient(inputs)) as tf.Scalar) as Result;
    };
  return {
    weights,
    needs: method.needs ?? [],
    views: method.views,
    setWeights: (values) => assignByName(name, weights, values),
    loss: called(loss),
    ...(pretraining && { pretraining: called(pretraining) }),
    ...(remember && { remember: called(remember) }),
    dispose: () => tf.dispose(weights),
  };
}

/** What a method requires; `InputError` that says what to give where something is missing. */
function checkedParts({ name, requires = [] }: MethodDefinition, parts: Partial<Parts>): Parts {
  const advice: Readonly<Record<keyof Parts, string>> = {
    classifier: "the teacher's classifier, { kernel, bias }",
    trainingLabels: 'trainingLabels, the class of every training sample by its id',
    normalizations:
      "normalizations, { gamma, beta } of the batch normalisation of each of the teacher's layers",
  };
  const missing = requires.find((part) => parts[part] === undefined);
  if (missing !== undefined) throw new InputError(`${name} needs ${advice[missing]}; give it in parts`);
  return parts as Parts;
}

/** Nothing of the teacher's lets a gradient through. */
function withoutGradient(inputs: LossInputs<readonly tf.Tensor[]>): LossInputs<readonly tf.Tensor[]> {
  const { teacher, logits } = inputs;
  return {
    ...inputs,
    teacher: teacher.map(detach),
    ...(logits && { logits: { ...logits, teacher: detach(logits.teacher) } }),
  };
}

function withMore<Features>(made: Loss<Features> | LossAndMore<Features>): LossAndMore<Features> {
  return typeof made === 'function' ? { loss: made } : made;
}

function listOf<T extends Shape | tf.Tensor>(given: OneOrMore<T>): T[] {
  return Array.isArray(given) || given instanceof tf.Tensor
    ? [given as T]
    : Object.values(given as Readonly<Record<string, T>>);
}

type Lists<T> = { readonly student: readonly T[]; readonly teacher: readonly T[] };

/** Throws `InputError` where a method on one layer is given several. */
function onlyOf<T>(method: string, { student, teacher }: Lists<T>): { student: T; teacher: T } {
  if (student.length !== 1 || teacher.length !== 1) {
    throw new InputError(
      `${method} hooks one layer of each model; give it one, or each pair a hook of its own`,
    );
  }
  return { student: student[0]!, teacher: teacher[0]! };
}

/** A method on one layer as one on a list of them. */
function onOneLayer({
  loss,
  pretraining,
  remember,
}: LossAndMore<tf.Tensor>): LossAndMore<readonly tf.Tensor[]> {
  const onFirst =
    <Result>(compute: (inputs: LossInputs) => Result) =>
    ({ student, teacher, ...beside }: LossInputs<readonly tf.Tensor[]>): Result =>
      compute({ ...beside, student: student[0]!, teacher: teacher[0]! });
  return {
    loss: onFirst(loss),
    ...(pretraining && { pretraining: onFirst(pretraining) }),
    ...(remember && { remember: onFirst(remember) }),
  };
}

/** The shapes may differ from those at creation in the size of the batch alone. */
function checkInputs(
  { name: method, needs = [], comparesSamples }: MethodDefinition,
  shapes: Lists<Shape>,
  inputs: LossInputs<readonly tf.Tensor[]>,
): void {
  const missing = needs.find((need) => inputs[need] === undefined);
  if (missing !== undefined) throw new InputError(`${method} needs ${missing} beside student and teacher`);
  const samples = (side: 'student' | 'teacher'): string =>
    inputs[side].map(({ shape }) => sampleShape(shape)).join();
  const made = (side: 'student' | 'teacher'): string => shapes[side].map(sampleShape).join();
  if (samples('student') !== made('student') || samples('teacher') !== made('teacher')) {
    throw new ShapeError(
      `${method} was made for ${made('student')} and ${made('teacher')}, but the student's layer gives ${samples('student')} and the teacher's ${samples('teacher')}; hook other layers`,
    );
  }
  const [ofStudent, ofTeacher] = [inputs.student[0]!.shape[0], inputs.teacher[0]!.shape[0]];
  if (ofStudent !== ofTeacher) {
    throw new InputError(
      `${method}: the student's batch has ${ofStudent} samples and the teacher's ${ofTeacher}`,
    );
  }
  if (comparesSamples && ofStudent < 2) {
    throw new InputError(
      `${method} compares the samples of a batch with one another, so a batch needs at least two (train.batchSize)`,
    );
  }
}
