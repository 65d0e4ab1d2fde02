import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { backendIds, type BackendId } from '../../src/backends';
import { methods } from '../../src/engine/methods/registry';
import { reasonToSkip } from '../backend-at-hand';
import { byName, fixtureFiles, readFixture, type MethodResult, type StoredTensor } from './fixture';

/** Of loss and gradients in float32 against the reference in float64, relative to the largest entry. */
const tolerance = 1e-4;

for (const backend of backendIds) {
  describe(`methods against their authors' code, on ${backend}`, () => {
    let results: Record<string, MethodResult>;

    before(async function () {
      const reason = await reasonToSkip(backend);
      if (reason !== undefined) {
        console.log(`    ${reason}`);
        this.skip();
      }
      results = await compute(backend, fixtureFiles);
    });

    for (const file of fixtureFiles) it(file, () => compare(results[file]!, readFixture(file).expected));
  });
}

describe('the list of fixtures', () => {
  it('covers each method', () => {
    const covered = new Set(fixtureFiles.map((file) => readFixture(file).method));
    assert.deepEqual(
      methods.map(({ name }) => name).filter((name) => !covered.has(name)),
      [],
    );
  });
});

async function compute(backend: BackendId, files: readonly string[]): Promise<Record<string, MethodResult>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', path.join(__dirname, 'compute.ts'), backend, ...files],
    { maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout) as Record<string, MethodResult>;
}

function compare(actual: MethodResult, expected: MethodResult): void {
  const difference = Math.abs(actual.loss - expected.loss);
  assert.ok(
    difference <= tolerance * Math.abs(expected.loss),
    `loss ${actual.loss}, expected ${expected.loss}`,
  );
  const gradients = ({
    gradStudent,
    gradLogits,
    gradWeights,
  }: MethodResult): Record<string, StoredTensor> => ({
    ...Object.fromEntries(
      Object.entries(byName(gradStudent)).map(([name, gradient]) => [`student ${name}`, gradient]),
    ),
    ...(gradLogits && { 'logits of the student': gradLogits }),
    ...gradWeights,
  });
  const [ofActual, ofExpected] = [gradients(actual), gradients(expected)];
  const largest = Math.max(...Object.values(ofExpected).map(largestEntry));
  for (const [name, gradient] of Object.entries(ofExpected)) {
    compareGradient(name, ofActual[name]!, gradient, largest);
  }
  assert.deepEqual(Object.keys(ofActual).sort(), Object.keys(ofExpected).sort());
  for (const [name, tensor] of Object.entries(expected.state ?? {})) {
    compareTensor(name, actual.state![name]!, tensor, tolerance * largestEntry(tensor));
  }
}

/**
 * To the tolerance, relative to the gradient's largest entry. What is left of one that vanishes in exact arithmetic
 * (a bias before a normalisation) is rounding, which differs from machine to machine: it may be a tenth of the
 * tolerance of the largest entry of all gradients in the file. One that nearly vanishes (a bias that two
 * normalisations take out again) is held to no less than a fiftieth of it.
 */
function compareGradient(name: string, actual: StoredTensor, expected: StoredTensor, largest: number): void {
  const own = largestEntry(expected);
  const vanishes = own < 1e-9 * largest;
  const allowed = tolerance * (vanishes ? largest / 10 : Math.max(own, largest / 50));
  compareTensor(name, actual, expected, allowed);
}

function compareTensor(name: string, actual: StoredTensor, expected: StoredTensor, allowed: number): void {
  assert.deepEqual(actual.shape, expected.shape, name);
  expected.data.forEach((value, index) => {
    const entry = actual.data[index]!;
    assert.ok(
      Math.abs(entry - value) <= allowed,
      `${name}[${index}] is ${entry}, expected ${value} +- ${allowed}`,
    );
  });
}

function largestEntry({ data }: StoredTensor): number {
  return Math.max(...data.map(Math.abs));
}
