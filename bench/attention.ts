/**
 * Time and memory of the attention methods against the number of positions: the authors' form, ours, and (CanKD) the
 * authors' sub-sampled form. One image, 256 channels, forward and all gradients, each in a process of its own:
 * `npx tsx bench/attention.ts > bench/results/attention.md` (some ten minutes; 12 GiB of memory).
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import { promisify } from 'node:util';
import { createMethod, ready, tf } from '../src/engine';
import { dotProductAttention, attentionError } from '../src/engine/operations/attention';
import { authorsAttention, authorsCankd, authorsTat } from './attention/authors-form';

const channels = 256;
const inner = channels / 2;
/** Height and width of the maps, up to the largest of a detector's pyramid. */
const sizes = [
  [7, 7],
  [14, 14],
  [28, 28],
  [64, 64],
  [100, 168],
] as const;

type Size = readonly [number, number];
type Variable3D = tf.Variable<tf.Rank.R3>;
type Named = Record<string, tf.Tensor>;
/** A loss, and what it has gradients in. */
interface Problem {
  readonly variables: readonly tf.Variable[];
  readonly loss: () => tf.Scalar;
}

/** What is compared: the attention alone, and the method that it stands in. */
const problems: Record<string, Record<string, (size: Size) => Problem>> = {
  'CanKD, attention': {
    "authors' form": cankdTerm(authorsAttention),
    'this project': cankdTerm(dotProductAttention),
    "authors' form, sub-sampled": cankdTerm(authorsAttention, 2),
  },
  'CanKD, whole method': {
    "authors' form": whole('cankd', { subSample: false }, authorsCankd),
    'this project': whole('cankd', { subSample: false }),
    "authors' form, sub-sampled": whole('cankd', {}, authorsCankd),
  },
  'TaT, attention': {
    "authors' form": tatTerm((q, k, v) =>
      tf.mean(tf.squaredDifference(tf.matMul(tf.softmax(tf.matMul(q, k, false, true)), v), k)),
    ),
    'this project': tatTerm((q, k, v) => attentionError(q, k, v, k, { fixedKey: true })),
  },
  'TaT, whole method': {
    "authors' form": whole('tat', {}, authorsTat),
    'this project': whole('tat', {}),
  },
};

type Attention = (query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D) => tf.Tensor;

function cankdTerm(attention: Attention, step = 1) {
  return ([height, width]: Size): Problem => {
    const keys = Math.floor(height / step) * Math.floor(width / step);
    const query = variable<tf.Rank.R3>([1, height * width, inner], 1);
    const [key, value] = [
      variable<tf.Rank.R3>([1, keys, inner], 2),
      variable<tf.Rank.R3>([1, keys, inner], 3),
    ];
    const sum = tf.ones<tf.Rank.R3>([1, inner, 1]);
    return {
      variables: [query, key, value],
      // A sum as a product: the gradient of `tf.sum` would hold as much as what is measured, twice over.
      loss: () => tf.sum(tf.matMul(attention(query, key, value), sum)),
    };
  };
}

function tatTerm(loss: (...of: [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]) => tf.Scalar) {
  return ([height, width]: Size): Problem => {
    const [query, key, value] = [1, 0.25, 1].map((deviation, index) =>
      variable<tf.Rank.R3>([1, height * width, channels], index + 1, deviation),
    ) as [Variable3D, Variable3D, Variable3D];
    return {
      variables: [query, value],
      loss: () => loss(query, key, value),
    };
  };
}

type Form = (
  weights: Named,
  options: Record<string, unknown>,
) => (student: tf.Tensor4D, teacher: tf.Tensor4D) => tf.Scalar;

/** A method on maps, as it is here or with its loss in another form. */
function whole(name: string, options: Record<string, unknown>, form?: Form) {
  return ([height, width]: Size): Problem => {
    const student = variable<tf.Rank.R4>([1, height, width, channels], 1);
    const teacher = variable<tf.Rank.R4>([1, height, width, channels], 2, name === 'tat' ? 0.25 : 1);
    const shapes = { student: student.shape, teacher: teacher.shape };
    const method = createMethod(name, options, shapes);
    for (const [weight, value] of Object.entries(method.weights)) {
      // CanKD's block starts as nothing: its last normalisation at 0.
      if (weight === 'w/gamma') value.assign(tf.onesLike(value));
    }
    const other = form?.(method.weights, options);
    return {
      variables: [student, ...Object.values(method.weights)],
      loss: () => (other ? other(student, teacher) : method.loss({ student, teacher })),
    };
  };
}

/** Normal values, of a seed that is not 0 (which would mean none); a small deviation keeps the softmax of their products off saturation. */
function variable<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number, deviation = 1): tf.Variable<R> {
  return tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, deviation, 'float32', seed)));
}

interface Measured {
  readonly milliseconds: number;
  /** Peak resident size of the process, in MiB; that of one which only holds the features where no form is named. */
  readonly mebibytes: number;
}

/** In a process of its own: one form of one problem at one size, or nothing but its tensors. */
async function measure(problem: string, form: string, size: Size, compute: boolean): Promise<Measured> {
  await ready('cpu');
  const { variables, loss } = problems[problem]![form]!(size);
  const times: number[] = [];
  const started = performance.now();
  while (compute && times.length < 7 && (times.length < 2 || performance.now() - started < 5000)) {
    const start = performance.now();
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, [...variables]);
      value.dataSync();
      for (const gradient of Object.values(grads)) tf.sum(gradient).dataSync();
    });
    times.push(performance.now() - start);
  }
  // The first makes and tunes what the others find.
  const counted = times.slice(1).sort((a, b) => a - b);
  return { milliseconds: counted[Math.floor(counted.length / 2)] ?? 0, mebibytes: peakResidentMebibytes() };
}

/** Linux keeps the peak of a process. */
function peakResidentMebibytes(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
}

/** The largest difference of loss and gradients between the first two forms, relative to the largest entry. */
async function difference(problem: string, size: Size): Promise<number> {
  await ready('cpu');
  const [authors, ours] = Object.values(problems[problem]!).map((make) => {
    const { variables, loss } = make(size);
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, [...variables]);
      return [value, ...variables.map((each) => grads[each.name]!)].map((tensor) => tensor.dataSync());
    });
  });
  const scale = Math.max(...authors!.slice(1).map((values) => largest(values)));
  return Math.max(
    ...authors!.map((values, index) => {
      const gap = largest(values.map((value, entry) => value - ours![index]![entry]!));
      return gap / (index === 0 ? Math.abs(values[0]!) : Math.max(largest(values), scale / 50));
    }),
  );
}

function largest(values: Iterable<number>): number {
  let found = 0;
  for (const value of values) found = Math.max(found, Math.abs(value));
  return found;
}

async function inOwnProcess(...call: unknown[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--require',
    'tsx/cjs',
    __filename,
    JSON.stringify(call),
  ]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

const ROUNDS = 2;

async function main(): Promise<void> {
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  console.log('# Attention against the number of positions\n');
  console.log('    npx tsx bench/attention.ts > bench/results/attention.md\n');
  console.log(
    `${new Date().toISOString().slice(0, 10)}; ${cpu}, ${os.availableParallelism()} cores, ${os.type()}; Node ` +
      `${process.versions.node}; TensorFlow on CPU. One image, ${channels} channels, forward and all gradients. ` +
      `Milliseconds: median of up to six steps after a first one, best of ${ROUNDS} processes that take turns. Extra ` +
      'memory: peak resident size of the process less that of one that only holds the same tensors, least of those. ' +
      'Difference: largest of loss and gradients between the two whole forms, relative.\n',
  );
  for (const [problem, forms] of Object.entries(problems)) {
    console.log(`## ${problem}\n`);
    console.log('| positions | form | ms | extra MiB | time | memory | difference |');
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    for (const size of sizes) await row(problem, Object.keys(forms), size);
    console.log();
  }
}

async function row(problem: string, forms: readonly string[], size: Size): Promise<void> {
  const apart = (await inOwnProcess('difference', problem, size)) as number;
  const results = forms.map(() => ({ milliseconds: Infinity, mebibytes: Infinity }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, form] of forms.entries()) {
      const idle = (await inOwnProcess('measure', problem, form, size, false)) as Measured;
      const busy = (await inOwnProcess('measure', problem, form, size, true)) as Measured;
      const best = results[index]!;
      best.milliseconds = Math.min(best.milliseconds, busy.milliseconds);
      best.mebibytes = Math.min(best.mebibytes, Math.max(0, busy.mebibytes - idle.mebibytes));
    }
  }
  const [authors] = results;
  for (const [index, form] of forms.entries()) {
    const { milliseconds, mebibytes } = results[index]!;
    const ratios = [authors!.milliseconds / milliseconds, authors!.mebibytes / mebibytes];
    const cells = [
      size[0] * size[1],
      form,
      milliseconds.toFixed(1),
      mebibytes.toFixed(1),
      ...ratios.map((ratio) => (index === 0 ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 0)}x less`)),
      index === 1 ? apart.toExponential(0) : '',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const asked = process.argv[2];
if (asked === undefined) void main();
else {
  const [what, problem, ...rest] = JSON.parse(asked) as ['measure' | 'difference', string, ...unknown[]];
  const answer =
    what === 'difference'
      ? difference(problem, rest[0] as Size)
      : measure(problem, ...(rest as [string, Size, boolean]));
  void answer.then((value) => console.log(JSON.stringify(value)));
}
