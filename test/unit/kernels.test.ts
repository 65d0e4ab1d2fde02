import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { BackendId } from '../../src/backends';
import { reasonToSkip } from '../backend-at-hand';
import { batchNormShapes, cases } from './kernels-cases';
import type { Computed } from './kernels-compute';

type Results = Record<string, Computed>;

/** Relative to the largest entry of a tensor. A GPU convolves with shortened factors (TF32). */
const tolerances: Partial<Record<BackendId, number>> = { gpu: 5e-3, cpu: 1e-5, wasm: 1e-5 };

describe('kernels against plain TensorFlow.js', () => {
  let plain: Results;

  before(async () => {
    plain = await compute('plain');
  });

  for (const [backend, tolerance] of Object.entries(tolerances) as [BackendId, number][]) {
    describe(`on ${backend}`, () => {
      let results: Results;

      before(async function () {
        const reason = await reasonToSkip(backend);
        if (reason !== undefined) {
          console.log(`      ${reason}`);
          this.skip();
        }
        results = await compute(backend);
      });

      for (const name of Object.keys(cases)) {
        it(name, () => {
          compare(results[name]!, plain[name]!, tolerance);
        });
      }

      for (const shape of Object.keys(batchNormShapes)) {
        it(`batch norm function as the layer, ${shape}`, () => {
          const { y, dx, gamma, beta } = plain[`batch norm layer, ${shape}`]!.tensors;
          const layer = { tensors: { y: y!, dx: dx!, gamma: gamma!, beta: beta! }, left: [] };
          compare(results[`batch norm function, ${shape}`]!, layer, tolerance);
        });
      }
    });
  }
});

async function compute(backend: string): Promise<Results> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', path.join(__dirname, 'kernels-compute.ts'), backend],
    { maxBuffer: 2 ** 26 },
  );
  return JSON.parse(stdout) as Results;
}

function compare(actual: Computed, expected: Computed, tolerance: number): void {
  assert.deepEqual(actual.left, [0, 0, 0], 'tensors, buffers and data left behind');
  assert.deepEqual(Object.keys(actual.tensors).sort(), Object.keys(expected.tensors).sort());
  for (const [name, { shape, data }] of Object.entries(expected.tensors)) {
    const tensor = actual.tensors[name]!;
    assert.deepEqual(tensor.shape, shape, name);
    const allowed = tolerance * Math.max(...data.map(Math.abs), 1e-3);
    data.forEach((value, index) => {
      const entry = tensor.data[index]!;
      assert.ok(
        Math.abs(entry - value) <= allowed,
        `${name}[${index}] is ${entry}, expected ${value} +- ${allowed}`,
      );
    });
  }
}
