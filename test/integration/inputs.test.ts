import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { retortHome } from '../../src/common/home';
import { ready } from '../../src/engine/backends';
import { ActivationReader, type Activations } from '../../src/engine/train/activations';
import { Trainer } from '../../src/engine/train/trainer';
import { inspect } from '../../src/launch/inspect';
import { CheckRequest, EvaluateRequest } from '../../src/protocol/inspector';
import type { RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { prepare } from '../../src/worker/prepare';
import { queueRun, resolve, work } from './run-worker';
import { makeTinyWorkspace, tiny, tinyTeacherRecipe } from './tiny-workspace';

type Read = (this: ActivationReader, images: tf.Tensor4D, training: boolean) => Activations;

const backend = process.env.RETORT_BACKEND ?? 'auto';

/** What models see: smaller images, turned ones, mixed ones. All in one recipe, with a stage before. */
function recipeFrom(teacher: string): {
  train: { uncertaintyMixup?: object };
  student: object;
  teacher: object;
  hooks: object[];
} {
  return {
    name: 'inputs',
    data: { source: { format: 'idx', path: 'data' }, validation: { fraction: 0.2 }, augment: ['flip'] },
    teacher: { model: 'models.ts#large', weights: teacher },
    student: { model: 'models.ts#small', imageSize: [6, 6] },
    hooks: [
      { method: 'kd', weight: 0.5 },
      // Maps of 3 x 3 and of 6 x 6.
      { method: 'tat', student: 'features', teacher: 'features', weight: 0.1 },
      { method: 'isrd', student: 'features', teacher: 'input', weight: 1 },
      { method: 'sskd', student: 'features', teacher: 'features', weight: 0.1 },
    ],
    train: {
      epochs: 4,
      batchSize: 16,
      optimizer: { type: 'sgd', lr: 0.05 },
      uncertaintyMixup: { kept: 0.75 },
      stages: [
        { epochs: 1, pretrain: true },
        { epochs: 3, schedule: { type: 'cosine' } },
      ],
      checkpointEvery: 0.5,
      ema: { decay: 0.9 },
    },
  } as ReturnType<typeof recipeFrom>;
}

describe('What models see of the images', function () {
  this.timeout(240_000);
  let workspace: string;
  let retort: string;
  let teacher: string;
  let trained: RunFolder;

  before(async () => {
    await ready();
    workspace = makeTinyWorkspace();
    retort = path.join(workspace, '.retort');
    const run = await queueRun(workspace, tinyTeacherRecipe());
    assert.equal((await work(run)).state, 'done');
    teacher = `run:${run.id}/best`;
    trained = await queueRun(workspace, recipeFrom(teacher));
    const info = await work(trained);
    assert.equal(info.state, 'done', info.reason);
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('reaches the same weights and metrics after a run died in each of its stages', async () => {
    const run = await queueRun(workspace, recipeFrom(teacher));
    for (const checkpoint of [2, 3]) {
      const info = await work(run, { RETORT_FAILPOINT: `checkpoint-after-rename@${checkpoint}` });
      assert.equal(info.state, 'running', info.reason);
    }
    assert.equal((await work(run)).state, 'done');
    assert.deepEqual(await outcomeOf(run), await outcomeOf(trained));
  });

  it('counts the operations of the smaller image, and says its size', async () => {
    const recipe = resolve(workspace, recipeFrom(teacher));
    const answer = await inspect(CheckRequest, { workspace, retort, backend, recipe, trial: true });
    assert.ok('report' in answer, JSON.stringify(answer));
    const { student, teacher: ofTeacher, mixing, hooks, warnings } = answer.report;
    assert.deepEqual(warnings, []);
    // A 3x3 convolution with stride 2 on one channel, then a linear layer; a multiply-add counts as two.
    const flops = (side: number, width: number): number => 2 * (9 * width * side ** 2 + width * tiny.classes);
    assert.equal(student.flops, flops(3, 4));
    assert.equal(ofTeacher!.flops, flops(6, 16));
    assert.deepEqual(student.imageSize, [6, 6]);
    assert.equal(ofTeacher!.imageSize, undefined);
    assert.deepEqual(mixing, { kept: 12, of: 16 });
    assert.match(hooks[1]!.adapter!, /^bilinear resizing from 3 x 3 to 6 x 6/);
  });

  it('evaluates the exported student, given its size, as the run evaluated it', async () => {
    const file = path.join(trained.folder, 'student', 'model.json');
    const { userDefinedMetadata: said } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      userDefinedMetadata: Record<string, unknown>;
    };
    assert.deepEqual(said.inputShape, [6, 6, 1]);
    assert.deepEqual(said.resize, { from: [12, 12], method: 'bilinear', antialias: true });
    const { test } = JSON.parse(fs.readFileSync(path.join(trained.folder, 'run.json'), 'utf8')) as {
      test: { accuracy: number; loss: number };
    };
    // By its file with the size said again; and as the student of its run, whose recipe says it.
    for (const student of [{ model: file, imageSize: [6, 6] }, { model: `run:${trained.id}/best` }]) {
      const { train, ...rest } = recipeFrom(teacher);
      const recipe = resolve(workspace, {
        ...rest,
        train: { ...train, stages: undefined },
        student,
        hooks: [],
      });
      const { score } = await inspect(EvaluateRequest, { workspace, retort, backend, recipe, split: 'test' });
      assert.equal(score.accuracy, test.accuracy);
      assert.ok(Math.abs(score.loss! - test.loss) < 1e-6);
    }
  });

  it('refuses a size that is larger than the images, at its place', async () => {
    const recipe = resolve(workspace, {
      ...recipeFrom(teacher),
      student: { model: 'models.ts#small', imageSize: [6, 13] },
    });
    assert.deepEqual(await inspect(CheckRequest, { workspace, retort, backend, recipe, trial: false }), {
      problems: [
        {
          path: 'student.imageSize',
          message: 'must not be larger than the images, [12, 12]: they are made smaller, never larger',
        },
      ],
    });
  });

  it('refuses to turn images that are not square, at the hook', async () => {
    // The same bytes as images of half the height and twice the width.
    const folder = path.join(workspace, 'oblong');
    fs.cpSync(path.join(workspace, 'data'), folder, { recursive: true });
    for (const name of ['train', 't10k']) {
      const file = path.join(folder, `${name}-images-idx3-ubyte`);
      const bytes = fs.readFileSync(file);
      [6, 24].forEach((size, index) => bytes.writeUInt32BE(size, 8 + 4 * index));
      fs.writeFileSync(file, bytes);
    }
    const recipe = resolve(workspace, {
      ...recipeFrom(teacher),
      data: { source: { format: 'idx', path: 'oblong' } },
    });
    const message =
      'it looks at images turned by 90 degrees too, and those of 6 x 24 are not square; choose another method';
    assert.deepEqual(await inspect(CheckRequest, { workspace, retort, backend, recipe, trial: false }), {
      problems: [{ path: 'hooks[3].method', message }],
    });
  });

  it('warns of a head that nothing has taught', async () => {
    const { train, ...rest } = recipeFrom(teacher);
    const recipe = resolve(workspace, { ...rest, train: { ...train, stages: undefined } });
    const answer = await inspect(CheckRequest, { workspace, retort, backend, recipe, trial: false });
    assert.ok('report' in answer, JSON.stringify(answer));
    assert.equal(answer.report.warnings.length, 1);
    assert.match(answer.report.warnings[0]!, /^sskd@features .* put a stage with "pretrain": true before/);
  });

  it('shows the teacher a quarter fewer images, and all views of them in one pass', async () => {
    const seen = await imagesSeen({ teacher, mixed: true });
    const without = await imagesSeen({ teacher, mixed: false });
    // Four views of each; one pass of the teacher a step. The student also looks at each batch first, upright.
    assert.deepEqual(without, { teacher: [64], student: [64] });
    assert.deepEqual(seen, { teacher: [48], student: [16, 48] });
  });

  /** How many images each model sees in each of its passes in a step of the last stage. */
  async function imagesSeen({ teacher, mixed }: { teacher: string; mixed: boolean }): Promise<object> {
    const { train, ...rest } = recipeFrom(teacher);
    const { uncertaintyMixup, ...others } = train;
    const recipe = resolve(workspace, {
      ...rest,
      train: { ...others, stages: undefined, ...(mixed && { uncertaintyMixup }) },
    });
    const prepared = await prepare(recipe, { workspace, retort, home: retortHome(), stage: () => undefined });
    const passes: Record<string, number[]> = { teacher: [], student: [] };
    const readers = ActivationReader.prototype as { read: Read };
    const { read } = readers;
    readers.read = function (images, training) {
      passes[training ? 'student' : 'teacher']!.push(images.shape[0]);
      return read.call(this, images, training);
    };
    try {
      const trainer = new Trainer({ ...prepared, stepsPerEpoch: 10, totalSteps: 10 });
      const batch = await prepared.data.batches({ split: 'train', ...recipe.train }).next(0, 0);
      await trainer.step([batch]);
      const once = tf.memory().numTensors;
      passes.teacher = [];
      passes.student = [];
      await trainer.step([batch]);
      assert.equal(tf.memory().numTensors, once, 'a step leaves tensors behind');
      trainer.dispose();
    } finally {
      readers.read = read;
      await prepared.data.close();
    }
    return passes;
  }
});

/** What must be the same however often a run was ended: the weights' bytes, and the metrics but for timings. */
async function outcomeOf(run: RunFolder): Promise<object> {
  const { files } = await new CheckpointStore(run).read('last');
  const { lines } = await readMetrics(run);
  return {
    weights: Buffer.from(files['tensors.bin']!).toString('base64'),
    metrics: lines.map((line) => ({
      ...line,
      ...{ attempt: 0, seq: 0, time: 0 },
      ...(line.kind === 'train' && { imagesPerSecond: 0, dataWait: 0, memory: undefined }),
    })),
  };
}
