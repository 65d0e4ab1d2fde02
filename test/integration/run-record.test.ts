import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { inspect } from '../../src/launch/inspect';
import { EvaluateRequest } from '../../src/protocol/inspector';
import { readInfo, type RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';
import { confusionMatrix, readPredictions } from '../../src/runs/predictions';
import type { HooksLine, MetricLine, RunInfo, ScoreLine, TrainLine } from '../../src/runs/types';
import { queueRun, resolve, work } from './run-worker';
import { makeTinyWorkspace, tiny, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

describe('What a run keeps for the panel', function () {
  this.timeout(120_000);
  let workspace: string;
  let teacher: RunFolder;
  let run: RunFolder;
  let info: RunInfo;
  let lines: readonly MetricLine[];

  before(async () => {
    workspace = makeTinyWorkspace();
    teacher = await queueRun(workspace, tinyTeacherRecipe());
    await work(teacher);
    run = await queueRun(workspace, tinyRecipe(`run:${teacher.id}/best`));
    info = await work(run);
    assert.equal(info.state, 'done', info.reason);
    lines = (await readMetrics(run)).lines;
  });
  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  const ofKind = <Line extends MetricLine>(kind: Line['kind']): Line[] =>
    lines.filter((line): line is Line => line.kind === kind);

  it('says what the data, the models and the hooks are', () => {
    const { size, classes, train, test } = tiny;
    assert.deepEqual(info.data, {
      classNames: Array.from({ length: classes }, (_, index) => String(index)),
      imageShape: [size, size, 1],
      samples: { train: 0.8 * train, validation: 0.2 * train, test },
    });
    // A 3x3 convolution of 1 to w channels on 6 x 6 places, a dense layer of w to 4; a multiply-add counts as two.
    const flops = (width: number): number => 2 * (9 * width * 36 + 4 * width);
    assert.deepEqual(info.flops, { student: flops(4), teacher: flops(16) });
    const logits = [{ shape: [4] }];
    const [kd, tat] = info.hooks!;
    assert.deepEqual(kd, { name: 'kd', method: 'kd', student: logits, teacher: logits, parameters: 0 });
    assert.deepEqual([tat!.name, tat!.method], ['tat@features', 'tat']);
    assert.deepEqual(tat!.student, [{ layer: 'features', shape: [6, 6, 4] }]);
    assert.deepEqual(tat!.teacher, [{ layer: 'features', shape: [6, 6, 16] }]);
    assert.ok(tat!.parameters > 0);
  });

  it('follows each hook from evaluation to evaluation', () => {
    const hooks = ofKind<HooksLine>('hooks');
    assert.deepEqual(
      hooks.map(({ step, epoch }) => [step, epoch]),
      [1, 2, 3, 4, 5, 6].map((epoch) => [10 * epoch, epoch]),
    );
    const train = ofKind<TrainLine>('train');
    for (const [index, { hooks: figures }] of hooks.entries()) {
      assert.deepEqual(Object.keys(figures), ['kd', 'tat@features']);
      for (const [name, { weight, loss, cka }] of Object.entries(figures)) {
        assert.equal(weight, name === 'kd' ? 0.5 : 0.1);
        // A train line has the mean of the same ten steps, weighted.
        const term = train[index]!.terms[name]!;
        assert.ok(
          Math.abs(weight * loss! - term) < 1e-6 * Math.abs(term),
          `${weight} * ${loss} is not ${term}`,
        );
        assert.ok(cka! > -0.5 && cka! <= 1.000001, `CKA ${cka}`);
      }
      assert.ok(Math.abs(figures.kd!.cosine!) <= 1.000001);
      assert.equal(figures['tat@features']!.cosine, undefined);
    }
    // The student learns the logits of its teacher.
    assert.ok(hooks.at(-1)!.hooks.kd!.cka! > hooks[0]!.hooks.kd!.cka!);
  });

  it('measures memory', () => {
    for (const { memory } of ofKind<TrainLine>('train'))
      assert.ok(memory!.resident > 1e7, `${memory?.resident}`);
  });

  it('keeps what student and teacher say about every validation image', async () => {
    const validations = ofKind<ScoreLine>('validation');
    const { step: bestStep, accuracy: bestAccuracy } = validations.reduce((best, line) =>
      line.accuracy > best.accuracy ? line : best,
    );
    const best = (await readPredictions(run, 'best'))!;
    const last = (await readPredictions(run, 'last'))!;
    assert.deepEqual([best.step, last.step, last.epoch], [bestStep, 60, 6]);
    const accuracyOf = (predicted: readonly number[]): number =>
      predicted.filter((index, sample) => index === best.truth[sample]).length / best.truth.length;
    assert.equal(accuracyOf(best.predicted), bestAccuracy);
    assert.equal(accuracyOf(last.predicted), validations.at(-1)!.accuracy);
    assert.equal(accuracyOf(best.teacher!.predicted), info.teacher!.validation!.accuracy);
    // Cross-entropy is the mean of -log of these, which have four decimals.
    const loss = last.probability.reduce<number>((sum, value) => sum - Math.log(value!), 0) / 40;
    assert.ok(Math.abs(loss - validations.at(-1)!.loss!) < 0.01);
    assert.equal(
      confusionMatrix(best).reduce((sum, count) => sum + count),
      40,
    );
  });

  it("keeps pictures of the worst, which are the dataset's own bytes", async () => {
    const { pictures, probability, truth, sampleIds } = (await readPredictions(run, 'best'))!;
    assert.equal(pictures.length, 40, 'all of so few samples');
    const order = pictures.map(({ sample }) => probability[sample]!);
    assert.deepEqual(
      order,
      [...order].sort((one, other) => one - other),
    );
    const { size } = tiny;
    const images = fs.readFileSync(path.join(workspace, 'data', 'train-images-idx3-ubyte')).subarray(16);
    const labels = fs.readFileSync(path.join(workspace, 'data', 'train-labels-idx1-ubyte')).subarray(8);
    for (const { sample, width, height, channels, pixels } of pictures) {
      assert.deepEqual([width, height, channels], [size, size, 1]);
      const id = sampleIds[sample]!;
      assert.ok(images.subarray(id * size ** 2, (id + 1) * size ** 2).equals(pixels), `image ${id}`);
      assert.equal(labels[id], truth[sample]);
    }
  });

  it('says of the best weights what evaluating them again says', async () => {
    const recipe = resolve(workspace, {
      ...tinyRecipe(null),
      student: { model: `run:${run.id}/best` },
    });
    const setting = { workspace, retort: run.retortFolder, backend: 'auto' };
    const { score } = await inspect(EvaluateRequest, { ...setting, recipe, split: 'validation' });
    assert.equal(score.accuracy, (await readInfo(run)).best!.validation.accuracy);
  });

  it('has no hooks to follow where there are none', async () => {
    assert.deepEqual((await readInfo(teacher)).hooks, []);
    assert.ok((await readMetrics(teacher)).lines.every((line) => line.kind !== 'hooks'));
    assert.equal((await readPredictions(teacher, 'best'))!.teacher, undefined);
  });
});
