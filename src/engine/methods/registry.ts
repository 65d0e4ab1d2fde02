import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { CatalogueMethod } from '../../recipe/catalogue';
import { assignByName } from '../assign';
import type { DistillationMethod, LossInputs, MethodDefinition, Shape } from './method';
import { ab } from './ab';
import { at } from './at';
import { cankd } from './cankd';
import { cc } from './cc';
import { cd } from './cd';
import { ct } from './ct';
import { cwd } from './cwd';
import { detach } from './detach';
import { dist } from './dist';
import { dkd } from './dkd';
import { fitnets } from './fitnets';
import { ickd } from './ickd';
import { kd } from './kd';
import { mgd } from './mgd';
import { nst } from './nst';
import { completeOptions } from './options';
import { pad } from './pad';
import { pkd } from './pkd';
import { pkt } from './pkt';
import { rkd } from './rkd';
import { refuseShapes, sampleShape } from './shapes';
import { sp } from './sp';
import { srd } from './srd';
import { tat } from './tat';
import { tatDense } from './tat-dense';
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
  vid,
  nst,
  ickd,
  cd,
  cwd,
  pkd,
  mgd,
  sp,
  cc,
  rkd,
  pkt,
  srd,
  pad,
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
  return methods.map(({ name, title, summary, hooks, publishedWeight, reference, options }) => {
    return { name, title, summary, hooks, publishedWeight, reference, options };
  });
}

/**
 * Puts a method to work between a layer of the student and one of the teacher.
 *
 * `shapes` have the batch first (its size is free): maps [N, H, W, C], vectors and logits [N, C].
 * `options` are checked and completed with the method's defaults. Weights are drawn from `seed` (default 0).
 * Throws `InputError` for an unknown method or option, an impossible value, or shapes that it cannot take.
 *
 * The loss is unweighted and differentiable in the student and in the method's weights; no gradient reaches
 * the teacher. It leaves no tensor behind but its result.
 */
export function createMethod(
  name: string,
  options: Readonly<Record<string, unknown>>,
  shapes: { readonly student: Shape; readonly teacher: Shape },
  { seed = 0 }: { readonly seed?: number } = {},
): DistillationMethod {
  const method = methodNamed(name);
  const weights: Record<string, tf.Variable> = {};
  const compute = method.create(
    completeOptions(name, method.options, options),
    shapes,
    seededWeights(seed, weights),
  );
  return {
    weights,
    setWeights: (values) => assignByName(name, weights, values),
    loss: (inputs) => {
      checkInputs(method, shapes, inputs);
      return tf.tidy(() => compute({ ...inputs, teacher: detach(inputs.teacher) }));
    },
    dispose: () => tf.dispose(weights),
  };
}

/** The shapes may differ from those at creation in the size of the batch alone. */
function checkInputs(
  { name: method, needs = [] }: MethodDefinition,
  shapes: { readonly student: Shape; readonly teacher: Shape },
  inputs: LossInputs,
): void {
  const { student, teacher } = inputs;
  const missing = needs.find((need) => inputs[need] === undefined);
  if (missing !== undefined) throw new InputError(`${method} needs ${missing} beside student and teacher`);
  const actual = { student: student.shape, teacher: teacher.shape };
  if (
    sampleShape(student.shape) !== sampleShape(shapes.student) ||
    sampleShape(teacher.shape) !== sampleShape(shapes.teacher)
  ) {
    refuseShapes(
      `${method} was made for ${sampleShape(shapes.student)} and ${sampleShape(shapes.teacher)}`,
      actual,
    );
  }
  if (student.shape[0] !== teacher.shape[0]) {
    throw new InputError(
      `${method}: the student's batch has ${student.shape[0]} samples and the teacher's ${teacher.shape[0]}`,
    );
  }
}
