import { createMethod, ready, tf } from '../../src/engine';
import type { BackendChoice } from '../../src/backends';
import {
  byName,
  readFixture,
  type Fixture,
  type MethodResult,
  type OneOrMore,
  type StoredTensor,
} from './fixture';

/**
 * Computes fixtures on one backend and prints the results as JSON. A program of its own, because a process
 * keeps the backend that it started with: `compute.ts BACKEND FILE...`
 */
async function main([backend, ...files]: string[]): Promise<void> {
  await ready(backend as BackendChoice);
  const results = Object.fromEntries(files.map((file) => [file, compute(readFixture(file))]));
  process.stdout.write(JSON.stringify(results));
}

function compute(fixture: Fixture): MethodResult {
  const student = mapValues(byName(fixture.inputs.student), (value) => tf.variable(toTensor(value)));
  const teacher = mapValues(byName(fixture.inputs.teacher), toTensor);
  const { labels, sampleIds, logits } = fixture.inputs;
  const ofStudent = logits && tf.variable(toTensor(logits.student));
  const shape = (tensor: Tensor): number[] => tensor.shape;
  const method = createMethod(
    fixture.method,
    fixture.options,
    { student: onlyOrAll(mapValues(student, shape)), teacher: onlyOrAll(mapValues(teacher, shape)) },
    { parts: partsOf(fixture) },
  );
  // Weights that the fixture lacks would keep their initial values, and be missed among the gradients.
  method.setWeights(mapValues(fixture.weights, toTensor));
  const inputs = {
    student: onlyOrAll<Tensor>(student),
    teacher: onlyOrAll(teacher),
    ...(labels && { labels: tf.tensor1d(labels.data, 'int32') }),
    ...(sampleIds && { sampleIds: tf.tensor1d(sampleIds.data, 'int32') }),
    ...(ofStudent && {
      logits: { student: ofStudent as Matrix, teacher: toTensor(logits.teacher) as Matrix },
    }),
  };
  const { value, grads } = tf.variableGrads(() =>
    fixture.pretraining ? method.pretraining!(inputs) : method.loss(inputs),
  );
  const gradients = (variables: Readonly<Record<string, Variable>>): Record<string, StoredTensor> =>
    mapValues(
      filterValues(variables, ({ name }) => name in grads),
      ({ name }) => stored(grads[name]!),
    );
  method.remember?.(inputs);
  return {
    loss: value.dataSync()[0]!,
    gradStudent: onlyOrAll(gradients(student)),
    ...(ofStudent && { gradLogits: gradients({ ofStudent }).ofStudent }),
    gradWeights: gradients(method.weights),
    ...(method.remember && {
      state: mapValues(
        filterValues(method.weights, ({ trainable }) => !trainable),
        stored,
      ),
    }),
  };
}

function partsOf({ parts = {} }: Fixture): NonNullable<Parameters<typeof createMethod>[3]>['parts'] & object {
  const { trainingLabels, classifier, normalizations } = parts;
  const vector = ({ data }: StoredTensor): ReturnType<typeof tf.tensor1d> => tf.tensor1d(data);
  return {
    ...(trainingLabels && { trainingLabels: Int32Array.from(trainingLabels.data) }),
    ...(classifier && {
      classifier: {
        kernel: tf.tensor2d(classifier.kernel.data, classifier.kernel.shape as [number, number]),
        bias: vector(classifier.bias),
      },
    }),
    ...(normalizations && {
      normalizations: normalizations.map(({ gamma, beta }) => ({ gamma: vector(gamma), beta: vector(beta) })),
    }),
  };
}

type Tensor = ReturnType<typeof tf.tensor>;
type Matrix = ReturnType<typeof tf.tensor2d>;
type Variable = ReturnType<typeof tf.variable>;

function filterValues<Value>(
  record: Readonly<Record<string, Value>>,
  kept: (value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => kept(value)));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

/** What is one layer's stands alone. */
function onlyOrAll<T>(record: Record<string, T>): OneOrMore<T> {
  return '' in record ? record[''] : record;
}

function toTensor({ data, shape }: StoredTensor): ReturnType<typeof tf.tensor> {
  return tf.tensor(data, shape, 'float32');
}

function stored(tensor: ReturnType<typeof tf.tensor>): StoredTensor {
  return { shape: tensor.shape, data: [...tensor.dataSync()] };
}

void main(process.argv.slice(2));
