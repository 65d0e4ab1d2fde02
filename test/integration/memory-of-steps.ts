// node --expose-gc --require tsx/cjs memory-of-steps.ts WORKSPACE TEACHER: trains the tiny recipe of a workspace, from
// a run as its teacher, for 1,000 steps, and prints, after each tenth, the tensors and the resident MiB that are left
// when garbage has been collected.
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs';
import { retortHome } from '../../src/common/home';
import { ready } from '../../src/engine/backends';
import { Trainer } from '../../src/engine/train/trainer';
import { prepare } from '../../src/worker/prepare';
import { resolve } from './run-worker';
import { tinyRecipe } from './tiny-workspace';

export interface MemoryOfStep {
  readonly tensors: number;
  readonly resident: number;
}

async function main(workspace: string, teacher: string): Promise<void> {
  await ready();
  const prepared = await prepare(resolve(workspace, tinyRecipe(`run:${teacher}/best`)), {
    workspace,
    retort: path.join(workspace, '.retort'),
    home: retortHome(),
    stage: () => undefined,
  });
  const trainer = new Trainer({ ...prepared, stepsPerEpoch: 10, totalSteps: 1000 });
  const source = prepared.data.batches({ split: 'train', ...prepared.recipe.train });
  for (let step = 1; step <= 1000; step++) {
    await trainer.step([await source.next(Math.floor((step - 1) / 10), (step - 1) % 10)]);
    if (step % 10 !== 0) continue;
    // What waits for a turn of the event loop to be freed is no leak either.
    await setImmediate();
    gc!();
    const memory: MemoryOfStep = {
      tensors: tf.memory().numTensors,
      resident: process.memoryUsage.rss() / 2 ** 20,
    };
    process.stdout.write(`${JSON.stringify(memory)}\n`);
  }
  trainer.dispose();
  await prepared.data.close();
}

void main(process.argv[2]!, process.argv[3]!);
