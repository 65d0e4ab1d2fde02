import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { decodeTensors } from '../../src/engine/train/snapshot';
import { ready } from '../../src/engine/backends';
import { CheckpointStore } from '../../src/runs/checkpoints';
import type { RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';
import type { MetricLine } from '../../src/runs/types';
import { tensorFiles } from '../../src/worker/references';
import { outcomeOf } from './outcome';
import { queueRun, work } from './run-worker';
import { makeTinyWorkspace, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

/** Ten steps are an epoch. */
const stages = [
  { name: 'hint', epochs: 1.5, hooks: ['fitnets@*'], task: false, learn: ['conv2d_*/**', 'batch_*/*'] },
  { epochs: 1, schedule: { type: 'constant' }, lr: 0.002 },
  { name: 'mutual', epochs: 1.5, hooks: ['kd:*'] },
];

type Lines = readonly MetricLine[];

function linesOf<Kind extends MetricLine['kind']>(
  lines: Lines,
  kind: Kind,
): Extract<MetricLine, { kind: Kind }>[] {
  return lines.filter((line): line is Extract<MetricLine, { kind: Kind }> => line.kind === kind);
}

describe('A run of several models in stages', function () {
  this.timeout(240_000);
  let workspace: string;
  let recipe: object;
  let run: RunFolder;
  let info: Awaited<ReturnType<typeof work>>;
  let lines: Lines;

  before(async () => {
    workspace = makeTinyWorkspace();
    const teachers = [];
    for (const seed of [0, 1]) {
      const own = tinyTeacherRecipe() as { train: object };
      const teacher = await queueRun(workspace, { ...own, train: { ...own.train, epochs: 3, seed } });
      assert.equal((await work(teacher)).state, 'done');
      teachers.push(`run:${teacher.id}/best`);
    }
    const tiny = tinyRecipe(teachers[0]!) as { train: object };
    recipe = {
      ...tiny,
      teachers: {
        other: { model: 'models.ts#large', weights: teachers[1] },
        peer: { model: 'models.ts#small', learns: true },
      },
      hooks: [
        { method: 'kd', weight: 0.5, from: ['teacher', 'other'], schedule: { type: 'linear', to: 0 } },
        { method: 'fitnets', student: 'features', teacher: 'features', from: 'other', weight: 10 },
        {
          method: 'kd',
          weight: 1,
          from: 'peer',
          options: { temperature: 1 },
          schedule: { type: 'warmup', epochs: 0.5 },
        },
      ],
      train: { ...tiny.train, epochs: 4, checkpointEvery: 0.5, stages },
    };
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('trains through them', async () => {
    run = await queueRun(workspace, recipe);
    info = await work(run);
    assert.equal(info.state, 'done', info.reason);
    ({ lines } = await readMetrics(run));
  });

  it('has the terms of each stage in its lines, each of one stage alone', () => {
    const terms = linesOf(lines, 'train').map(({ step, stage, terms: each }) => [
      step,
      stage,
      Object.keys(each).sort().join(' '),
    ]);
    const hint = 'fitnets@features:other';
    const all = `${hint} kd:peer kd:teacher+other peer/kd:peer peer/task task`;
    const last = 'kd:peer kd:teacher+other peer/kd:peer peer/task task';
    assert.deepEqual(terms, [
      [10, 0, hint],
      [15, 0, hint],
      [20, 1, all],
      [25, 1, all],
      [30, 2, last],
      [40, 2, last],
    ]);
  });

  it('runs the schedules over the stages', () => {
    const rates = new Map(linesOf(lines, 'train').map(({ step, lr }) => [step, lr]));
    const cosine = (share: number): number => (0.003 * (1 + Math.cos(Math.PI * share))) / 2;
    // Of the step before each line, counted from 0 in its stage.
    for (const [step, expected] of [
      [10, cosine(9 / 15)],
      [15, cosine(14 / 15)],
      [20, 0.002],
      [25, 0.002],
      [30, cosine(4 / 15)],
      [40, cosine(14 / 15)],
    ] as const) {
      assert.ok(Math.abs(rates.get(step)! - expected) < 1e-12, `${step}: ${rates.get(step)}`);
    }
    const weights = new Map(linesOf(lines, 'hooks').map(({ step, hooks }) => [step, hooks]));
    const weightAt = (step: number, hook: string): number => weights.get(step)![hook]!.weight;
    assert.deepEqual([...weights.keys()], [10, 20, 30, 40]);
    assert.equal(weightAt(10, 'kd:teacher+other'), 0);
    assert.equal(weightAt(10, 'fitnets@features:other'), 10);
    // Linear to 0 over ten steps from the 15th, and over fifteen from the 25th.
    assert.ok(Math.abs(weightAt(20, 'kd:teacher+other') - 0.25) < 1e-12);
    assert.ok(Math.abs(weightAt(30, 'kd:teacher+other') - (0.5 * 2) / 3) < 1e-12);
    assert.equal(weightAt(40, 'kd:teacher+other'), 0);
    assert.equal(weightAt(40, 'fitnets@features:other'), 0);
    // Warm-up over half an epoch: five steps.
    assert.equal(weightAt(20, 'peer/kd:peer'), 1);
    assert.equal(weights.get(10)!['kd:peer']!.loss, null);
  });

  it('records every teacher: fixed ones at the start, those that learn at each evaluation', () => {
    assert.equal(info.teacher!.validation!.samples, 40);
    assert.deepEqual(Object.keys(info.teachers!).sort(), ['other', 'peer']);
    const scores = linesOf(lines, 'teachers').map(({ step, teachers }) => [
      step,
      Object.keys(teachers).join(),
    ]);
    assert.deepEqual(scores, [
      [0, 'other'],
      [10, 'peer'],
      [20, 'peer'],
      [30, 'peer'],
      [40, 'peer'],
    ]);
    assert.deepEqual(Object.keys(info.parameters!.teachers!), ['other', 'peer']);
    assert.equal(info.teachers!.other!.test!.samples, 40);
    assert.ok(info.teachers!.peer!.test!.accuracy > 0.25, 'the peer has learnt nothing');
    const log = fs.readFileSync(path.join(run.folder, 'log.txt'), 'utf8');
    assert.match(
      log,
      /Stage 1 of 3, hint: steps 1 to 15\.[^]*Stage 2 of 3: steps 16 to 25\.[^]*Stage 3 of 3, mutual: steps 26 to 40\./,
    );
  });

  it('keeps the weights of the peer in checkpoints, other than those of the student', async () => {
    await ready();
    const { files } = await new CheckpointStore(run).read('last');
    const tensors = decodeTensors(tensorFiles(files));
    const [student, peer] = ['student', 'teachers/peer'].map((name) => tensors[`${name}/head/kernel`]!);
    assert.deepEqual(student!.shape, peer!.shape);
    assert.notDeepEqual(student!.dataSync(), peer!.dataSync());
    assert.ok(!Object.keys(tensors).some((name) => name.startsWith('teachers/other/')));
  });

  it('learns only what a stage lets learn', async () => {
    await ready();
    const { stages: all, ...train } = (recipe as { train: { stages: object[] } & object }).train;
    const short = await queueRun(workspace, {
      ...recipe,
      train: { ...train, epochs: 1.5, stages: all.slice(0, 1), ema: undefined },
      report: { checkpoint: 'last' },
    });
    assert.equal((await work(short)).state, 'done');
    const checkpoints = (await new CheckpointStore(short).list()).slice(-2);
    const [before, after] = await Promise.all(
      checkpoints.map(async ({ step }) => {
        const { files } = await new CheckpointStore(short).read(`step-${step}`);
        const tensors = Object.entries(decodeTensors(tensorFiles(files)));
        return new Map(tensors.map(([name, tensor]) => [name, tensor.dataSync().join()]));
      }),
    );
    const changed = [...after!].filter(([name, value]) => before!.get(name) !== value).map(([name]) => name);
    assert.deepEqual(
      changed.filter((name) => name.startsWith('student/') && !name.includes('moving')).sort(),
      [
        'student/batch_normalization_1/beta',
        'student/batch_normalization_1/gamma',
        'student/conv2d_1/kernel',
      ],
    );
    assert.ok(changed.some((name) => name.startsWith('hooks/fitnets@features:other/')));
  });

  it('is the same to the last bit after dying at and around the ends of stages', async () => {
    const expected = await outcomeOf(run);
    const again = await queueRun(workspace, recipe);
    // Checkpoints stand at the steps 0, 5, 10, 15 (the end of a stage) …: it dies as it writes the third, and so on.
    for (const failpoint of [
      'after-file-1@3',
      'after-rename@2',
      'after-rename@1',
      'after-manifest@2',
      'after-rename@2',
    ]) {
      const died = await work(again, { RETORT_FAILPOINT: `checkpoint-${failpoint}` });
      assert.equal(died.state, 'running', `${failpoint}: ${died.reason}`);
    }
    assert.equal((await work(again)).state, 'done');
    const outcome = await outcomeOf(again);
    assert.deepEqual(outcome.metrics, expected.metrics);
    assert.ok(outcome.tensors.equals(expected.tensors), 'the weights differ');
  });
});
