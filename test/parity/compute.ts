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
  const labels = fixture.inputs.labels && { labels: tf.tensor1d(fixture.inputs.labels.data, 'int32') };
  const shape = (tensor: Tensor): number[] => tensor.shape;
  const method = createMethod(fixture.method, fixture.options, {
    student: onlyOrAll(mapValues(student, shape)),
    teacher: onlyOrAll(mapValues(teacher, shape)),
  });
  // Weights that the fixture lacks would keep their initial values, and be missed among the gradients.
  method.setWeights(mapValues(fixture.weights, toTensor));
  const { value, grads } = tf.variableGrads(() =>
    method.loss({ student: onlyOrAll<Tensor>(student), teacher: onlyOrAll(teacher), ...labels }),
  );
  const gradient = (variable: { readonly name: string }): StoredTensor => stored(grads[variable.name]!);
  return {
    loss: value.dataSync()[0]!,
    gradStudent: onlyOrAll(mapValues(student, gradient)),
    gradWeights: mapValues(method.weights, gradient),
  };
}

type Tensor = ReturnType<typeof tf.tensor>;

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
