import { createMethod, ready, tf } from '../../src/engine';
import type { BackendChoice } from '../../src/backends';
import { readFixture, type Fixture, type MethodResult, type StoredTensor } from './fixture';

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
  const student = tf.variable(toTensor(fixture.inputs.student));
  const teacher = toTensor(fixture.inputs.teacher);
  const method = createMethod(fixture.method, fixture.options, {
    student: student.shape,
    teacher: teacher.shape,
  });
  const labels = fixture.inputs.labels && { labels: tf.tensor1d(fixture.inputs.labels.data, 'int32') };
  // Weights that the fixture lacks would keep their initial values, and be missed among the gradients.
  method.setWeights(
    Object.fromEntries(Object.entries(fixture.weights).map(([name, value]) => [name, toTensor(value)])),
  );
  const { value, grads } = tf.variableGrads(() => method.loss({ student, teacher, ...labels }));
  return {
    loss: value.dataSync()[0]!,
    gradStudent: stored(grads[student.name]!),
    gradWeights: Object.fromEntries(
      Object.entries(method.weights).map(([name, weight]) => [name, stored(grads[weight.name]!)]),
    ),
  };
}

function toTensor({ data, shape }: StoredTensor): ReturnType<typeof tf.tensor> {
  return tf.tensor(data, shape, 'float32');
}

function stored(tensor: ReturnType<typeof tf.tensor>): StoredTensor {
  return { shape: tensor.shape, data: [...tensor.dataSync()] };
}

void main(process.argv.slice(2));
