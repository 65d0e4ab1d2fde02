import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomSource } from '../../src/common/random';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { readInfo } from '../../src/runs/folder';
import { requestStop } from '../../src/runs/ask';
import { outcomeOf } from './outcome';
import { queueRun, startWorkerProcess, work } from './run-worker';
import { makeTinyWorkspace, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

const EPOCHS = 12;
const STEPS = 120;
const KILLS = 10;

describe('A run that does not come to its end at once', function () {
  this.timeout(300_000);
  let workspace: string;
  let recipe: object;
  let expected: Awaited<ReturnType<typeof outcomeOf>>;

  before(async () => {
    workspace = makeTinyWorkspace();
    const teacher = await queueRun(workspace, tinyTeacherRecipe());
    assert.equal((await work(teacher)).state, 'done');
    const tinyOne = tinyRecipe(`run:${teacher.id}/best`) as { train: object };
    recipe = { ...tinyOne, train: { ...tinyOne.train, epochs: EPOCHS } };
    const reference = await queueRun(workspace, recipe);
    const info = await work(reference);
    assert.equal(info.state, 'done', info.reason);
    expected = await outcomeOf(reference);
    assert.equal(info.progress?.steps, STEPS);
    assert.deepEqual(
      (expected.metrics as { kind: string; step: number }[])
        .filter(({ kind }) => kind === 'validation')
        .map(({ step }) => step),
      Array.from({ length: EPOCHS }, (_, epoch) => 10 * (epoch + 1)),
    );
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('reaches the same weights and metrics after SIGKILL at ten random moments', async () => {
    const random = randomSource('moments', process.env.RETORT_TEST_SEED ?? 0);
    const run = await queueRun(workspace, recipe);
    let kills = 0;
    while (kills < KILLS) {
      const worker = startWorkerProcess(run);
      const exited = once(worker, 'exit');
      // Each in a later part of the run than the last, and none so late that the run may be over.
      const step = ((kills + random()) / KILLS) * 0.75 * STEPS;
      while (worker.exitCode === null && ((await readInfo(run)).progress?.step ?? 0) < step) await wait(1);
      await wait(random() * 40);
      assert.equal(worker.exitCode, null, `the run was over after ${kills} kills`);
      worker.kill('SIGKILL');
      await exited;
      kills += 1;
    }
    assert.equal((await work(run)).state, 'done');
    const outcome = await outcomeOf(run);
    assert.deepEqual(outcome.metrics, expected.metrics);
    assert.ok(outcome.tensors.equals(expected.tensors), 'the weights differ');
  });

  it('reaches the same weights and metrics after dying inside checkpoint writes', async () => {
    const run = await queueRun(workspace, recipe);
    const failpoints = ['after-file-1', 'after-file-2', 'after-file-3', 'after-manifest', 'after-rename'];
    for (const failpoint of failpoints) {
      const info = await work(run, { RETORT_FAILPOINT: `checkpoint-${failpoint}@2` });
      assert.equal(info.state, 'running', `${failpoint}: ${info.reason}`);
    }
    assert.equal((await work(run)).state, 'done');
    assert.equal((await readInfo(run)).attempt, failpoints.length + 1);
    const outcome = await outcomeOf(run);
    assert.deepEqual(outcome.metrics, expected.metrics);
    assert.ok(outcome.tensors.equals(expected.tensors), 'the weights differ');
  });

  it('uses the previous good checkpoint, and says so, when a byte of the last one is flipped', async () => {
    const run = await queueRun(workspace, recipe);
    const info = await work(run, { RETORT_FAILPOINT: 'checkpoint-after-rename@5' });
    assert.equal(info.state, 'running');
    const checkpoints = await new CheckpointStore(run).list();
    const file = path.join(checkpoints.at(-1)!.folder, 'tensors.bin');
    const bytes = fs.readFileSync(file);
    bytes[100]! ^= 1;
    fs.writeFileSync(file, bytes);
    const after = await work(run);
    assert.equal(after.state, 'done', after.reason);
    assert.match(after.warnings!.join('\n'), /tensors\.bin is damaged/);
    const outcome = await outcomeOf(run);
    assert.deepEqual(outcome.metrics, expected.metrics);
    assert.ok(outcome.tensors.equals(expected.tensors), 'the weights differ');
  });

  it('stops after the epoch at work and its evaluation, and reaches the same weights and metrics', async () => {
    const run = await queueRun(workspace, recipe);
    const worker = startWorkerProcess(run);
    const exited = once(worker, 'exit');
    while (((await readInfo(run)).progress?.step ?? 0) < STEPS / 4) await wait(1);
    await requestStop(run, 'epoch');
    await exited;
    const { state, progress, stopAfterEpoch, last } = await readInfo(run);
    const { step, stepsPerEpoch } = progress!;
    assert.deepEqual([state, step % stepsPerEpoch, stopAfterEpoch], ['stopped', 0, step / stepsPerEpoch]);
    assert.ok(step >= STEPS / 4 && step < STEPS, `stopped at step ${step}`);
    assert.equal(last!.step, step);
    assert.deepEqual(fs.readdirSync(path.join(run.folder, 'requests')), []);
    const after = await work(run);
    assert.deepEqual([after.state, after.stopAfterEpoch], ['done', undefined]);
    const outcome = await outcomeOf(run);
    assert.deepEqual(outcome.metrics, expected.metrics);
    assert.ok(outcome.tensors.equals(expected.tensors), 'the weights differ');
  });

  it('keeps the checkpoints it has and says what to do when the disk is full', async () => {
    const run = await queueRun(workspace, recipe);
    const info = await work(run, { RETORT_FAILPOINT: 'checkpoint-after-file-1@4=ENOSPC' });
    assert.equal(info.state, 'failed');
    assert.match(info.reason!, /^The disk is full: .* free space there and resume/);
    assert.equal((await work(run)).state, 'done');
    assert.ok((await outcomeOf(run)).tensors.equals(expected.tensors), 'the weights differ');
  });
});
