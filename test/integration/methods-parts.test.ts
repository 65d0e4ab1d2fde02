import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { retortHome } from '../../src/common/home';
import { ready } from '../../src/engine/backends';
import { decodeTensors } from '../../src/engine/train/snapshot';
import { DivergedError } from '../../src/engine/train/diverged-error';
import { Trainer } from '../../src/engine/train/trainer';
import { inspect } from '../../src/launch/inspect';
import { CheckRequest, EvaluateRequest, ModelRequest } from '../../src/protocol/inspector';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { readInfo, type RunFolder } from '../../src/runs/folder';
import { recipeOfTrained } from '../../src/runs/trained';
import { prepare, type Prepared } from '../../src/worker/prepare';
import { readRunWeights, tensorFiles } from '../../src/worker/references';
import { queueRun, resolve, work } from './run-worker';
import { makeTinyWorkspace, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

const backend = process.env.RETORT_BACKEND ?? 'auto';

describe('Methods that get parts of the teacher, or remember', function () {
  this.timeout(300_000);
  let workspace: string;
  let retort: string;
  let teacher: RunFolder;

  /** The tiny recipe with one hook. */
  function recipeWith(hook: object, changes: object = {}): object {
    return { ...tinyRecipe(`run:${teacher.id}/best`), hooks: [hook], ...changes };
  }

  async function done(run: RunFolder): Promise<RunFolder> {
    const info = await work(run);
    assert.equal(info.state, 'done', info.reason);
    return run;
  }

  before(async () => {
    await ready();
    workspace = makeTinyWorkspace();
    retort = path.join(workspace, '.retort');
    teacher = await done(await queueRun(workspace, tinyTeacherRecipe()));
  });
  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  const contrast = {
    method: 'crd',
    student: 'features',
    teacher: 'features',
    weight: 0.1,
    options: { dimension: 8, negatives: 50 },
  };

  /** All tensors of the last checkpoint. */
  async function lastTensors(run: RunFolder): Promise<Buffer> {
    const { files } = await new CheckpointStore(run).read('last');
    return Buffer.from(files['tensors.bin']!);
  }

  it('remember the same whether a run is interrupted or not', async () => {
    const whole = await done(await queueRun(workspace, recipeWith(contrast)));
    const interrupted = await queueRun(workspace, recipeWith(contrast));
    const info = await work(interrupted, { RETORT_FAILPOINT: 'checkpoint-after-rename@4' });
    assert.equal(info.state, 'running');
    await done(interrupted);
    assert.equal((await readInfo(interrupted)).attempt, 2);
    assert.ok((await lastTensors(interrupted)).equals(await lastTensors(whole)), 'the tensors differ');

    const { files } = await new CheckpointStore(whole).read('last');
    const tensors = decodeTensors(tensorFiles(files));
    const bank = tensors['hooks/crd@features/bank/student']!;
    assert.deepEqual(
      bank.shape,
      [160, 8],
      'as many as there are training images without the validation split',
    );
    assert.ok(tensors['hooks/crd@features/normalizer/student']!.dataSync()[0]! > 0);
    assert.ok(!Object.keys(tensors).some((name) => name.startsWith('optimizer/') && name.includes('bank/')));
    // Two embeddings for each image, each with its weights and bias.
    assert.equal(info.hooks![0]!.parameters, (4 + 1) * 8 + (16 + 1) * 8);
  });

  describe('within a step', () => {
    let prepared: Prepared;
    let calls: number;

    before(async () => {
      prepared = await prepare(resolve(workspace, recipeWith(contrast)), {
        workspace,
        retort,
        home: retortHome(),
        stage: () => undefined,
      });
    });
    after(() => prepared.data.close());

    /** A trainer whose hook counts how often it remembers. */
    function counting(loss: (value: number) => number = (value) => value): Trainer {
      calls = 0;
      const [hook] = prepared.hooks;
      const { method } = hook!;
      const counted = {
        ...method,
        loss: (inputs: Parameters<typeof method.loss>[0]) => {
          const value = method.loss(inputs);
          return value.mul<typeof value>(loss(1));
        },
        remember: (inputs: Parameters<typeof method.loss>[0]) => {
          calls += 1;
          method.remember!(inputs);
        },
      };
      return new Trainer({ ...prepared, hooks: [{ ...hook!, method: counted }], ...prepared.plan });
    }

    const bank = (): number[][] =>
      prepared.hooks[0]!.method.weights['bank/student']!.arraySync() as number[][];

    it('remember each batch once, and no other images', async () => {
      const source = prepared.data.batches({ split: 'train', ...prepared.recipe.train });
      const batches = [await source.next(0, 0), await source.next(0, 1)];
      const trained = [...prepared.data.info.trainingLabels.entries()].filter(([, label]) => label >= 0);
      const before = bank();
      const trainer = counting();
      await trainer.step(batches);
      assert.equal(calls, 2);
      const after = bank();
      const seen = new Set(batches.flatMap(({ sampleIds }) => [...sampleIds]));
      assert.equal(seen.size, 32);
      trained.forEach(([id], row) => {
        if (seen.has(id)) assert.notDeepEqual(after[row], before[row]);
        else assert.deepEqual(after[row], before[row]);
      });
    });

    it('remember nothing of a step that diverges', async () => {
      const source = prepared.data.batches({ split: 'train', ...prepared.recipe.train });
      const before = bank();
      await assert.rejects(counting(() => NaN).step([await source.next(0, 2)]), DivergedError);
      assert.equal(calls, 0);
      assert.deepEqual(bank(), before);
    });
  });

  describe("with the teacher's classifier", () => {
    const reuse = (teacherClassifier: object): object =>
      recipeWith(
        { method: 'simkd', student: 'projector', teacher: 'features', weight: 1 },
        {
          student: { model: 'models.ts#plain', teacherClassifier },
          task: { lossWeight: 0 },
          train: { epochs: 10, batchSize: 16, optimizer: { type: 'adam', lr: 0.02 } },
        },
      );

    it('refuse what does not fit, at its place', async () => {
      const problems = async (recipe: object): Promise<unknown> =>
        inspect(CheckRequest, {
          workspace,
          retort,
          backend,
          recipe: resolve(workspace, recipe),
          trial: false,
        });
      assert.deepEqual(await problems(reuse({ after: 'features', pool: 4 })), {
        problems: [
          {
            path: 'student.teacherClassifier.pool',
            message: '"features", 6 x 6, cannot be averaged over 4 x 4',
          },
        ],
      });
      assert.deepEqual(await problems(reuse({ after: 'feature' })), {
        problems: [
          {
            path: 'student.teacherClassifier.after',
            message: 'no layer "feature"; did you mean "features"?',
          },
        ],
      });
    });

    it('are layers of the student that can be hooked', async () => {
      const { layers } = await inspect(ModelRequest, {
        ...{ workspace, retort, backend, model: 'models.ts#plain', args: {} },
        inputShape: [12, 12, 1],
        classes: 4,
        teacherClassifier: {
          ...{ after: 'features', factor: 2, pool: 1 },
          teacher: { model: 'models.ts#large', args: {} },
        },
      });
      assert.deepEqual(layers.find(({ id }) => id === 'projector')!.outputShape, [6, 6, 16]);
      assert.ok(!layers.some(({ id }) => id === 'head'));
      // Those of the student's own are still found in its file.
      assert.equal(layers.find(({ id }) => id === 'features')!.places[0]!.file, 'models.ts');
    });

    it('make a student that is evaluated and exported with it, also when the teacher is gone', async () => {
      const run = await done(await queueRun(workspace, reuse({ after: 'features' })));
      const { test } = await readInfo(run);
      // The teacher's classifier understands the student, which has seen no label.
      const { test: ofTeacher } = await readInfo(teacher);
      assert.ok(test!.accuracy > ofTeacher!.accuracy - 0.1, `${test!.accuracy} and ${ofTeacher!.accuracy}`);
      assert.ok(ofTeacher!.accuracy > 0.4);
      const [own, given] = await Promise.all(
        [run, teacher].map((each) => readRunWeights(retort, { kind: 'run', id: each.id })),
      );
      assert.deepEqual(own!['teacher_classifier/kernel']!.dataSync(), given!['head/kernel']!.dataSync());

      fs.renameSync(teacher.folder, `${teacher.folder}-aside`);
      try {
        const recipe = await recipeOfTrained(run);
        const file = path.join(run.folder, 'student', 'model.json');
        for (const student of [
          recipe.student,
          { ...recipe.student, model: path.relative(workspace, file) },
        ]) {
          const question = {
            workspace,
            retort,
            backend,
            recipe: { ...recipe, student },
            split: 'test',
          } as const;
          const { score } = await inspect(EvaluateRequest, question);
          assert.equal(score.accuracy, test!.accuracy);
        }
      } finally {
        fs.renameSync(`${teacher.folder}-aside`, teacher.folder);
      }
    });
  });
});
