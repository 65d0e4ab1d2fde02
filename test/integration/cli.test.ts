import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CliProcess, events, type ListedRun, retort, retortJson } from './cli-process';
import { makeTinyWorkspace, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

interface RunEvent {
  readonly event: string;
  readonly run: string;
  readonly kind?: string;
  readonly epoch?: number;
  readonly attempt?: number;
  readonly state?: string;
}

describe('the command line from a teacher to a comparison', function () {
  this.timeout(300_000);
  let workspace: string;
  let teacher: string;

  const write = (name: string, recipe: object): void =>
    fs.writeFileSync(path.join(workspace, `${name}.distill.json`), JSON.stringify(recipe, null, 2));
  const list = (): Promise<ListedRun[]> => retortJson<ListedRun[]>(workspace, 'list');

  before(async () => {
    workspace = makeTinyWorkspace();
    write('teacher', tinyTeacherRecipe());
    const { code, stdout, stderr } = await retort(workspace, 'run', 'teacher.distill.json', '--json');
    assert.equal(code, 0, stderr);
    const lines = events<RunEvent>(stdout);
    teacher = lines[0]!.run;
    assert.equal(lines[0]!.event, 'start');
    assert.deepEqual(
      lines.filter(({ kind }) => kind === 'validation').map(({ epoch }) => epoch),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual([lines.at(-1)!.event, lines.at(-1)!.state, lines.at(-1)!.run], ['end', 'done', teacher]);
    write('student', { ...tinyRecipe(`run:${teacher}/best`), variant: 'kd+tat' });
    const alone = tinyRecipe(null);
    write('alone', alone);
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('checks a recipe without making a run', async () => {
    const before = await list();
    const { code, stdout, stderr } = await retort(workspace, 'check', 'student.distill.json');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^images +160 training, 40 validation, 40 test$/m);
    assert.match(stdout, /^steps +60$/m);
    assert.match(stdout, /^tat@features +0\.1 +6×6×4 +6×6×16/m);
    assert.deepEqual(await list(), before);
  });

  it('trains for several seeds and compares the groups', async () => {
    const alone = await retort(workspace, 'run', 'alone.distill.json', '--seeds', '0,1');
    assert.equal(alone.code, 0, alone.stderr);
    assert.equal(alone.stdout.match(/^epoch 6\/6 {3}loss/gm)?.length, 2);
    assert.match(alone.stdout, /^2 seeds {3}test accuracy \d+\.\d ± \d+\.\d$/m);
    const student = await retort(
      workspace,
      'run',
      'student.distill.json',
      '--seeds',
      '0,1',
      '--set',
      'train.epochs=4',
    );
    assert.equal(student.code, 0, student.stderr);
    assert.match(student.stdout, /^small ← large {3}kd 0\.5 \+ tat 0\.1@features/m);
    assert.match(student.stdout, /^teacher {3}validation \d+\.\d %$/m);

    const { stdout } = await retort(workspace, 'compare', 'tiny');
    const rows = stdout.split('\n');
    assert.match(rows[0]!, /^2 seeds +test accuracy +gap recovered +against alone +time a run$/);
    assert.match(rows[1]!, /^teacher +\d+\.\d$/);
    assert.match(rows[2]!, /^alone +\d+\.\d ± \d+\.\d +– +– +\d+:\d\d$/);
    assert.match(rows[3]!, /^kd\+tat +\d+\.\d ± \d+\.\d +(-?\d+ %|n\/a) +[+-]\d+\.\d ± \d+\.\d +\d+:\d\d$/);

    // The same figures from the runs themselves.
    const { groups } = await retortJson<{ groups: { variant: string; accuracy: { mean: number } }[] }>(
      workspace,
      'compare',
      'tiny',
    );
    for (const { variant, accuracy } of groups) {
      const tested = (await list()).filter((run) => run.name === 'tiny' && run.variant === variant);
      assert.equal(tested.length, 2);
      const mean = (tested[0]!.info.test!.accuracy + tested[1]!.info.test!.accuracy) / 2;
      assert.ok(Math.abs(mean - accuracy.mean) < 1e-12);
    }
  });

  it('evaluates and exports what a run has trained', async () => {
    const run = (await list()).find(({ id }) => id === teacher)!;
    const score = await retortJson<{ accuracy: number; loss: number; samples: number }>(
      workspace,
      'eval',
      teacher,
      '--split',
      'test',
    );
    assert.equal(score.accuracy, run.info.test!.accuracy);
    assert.equal(score.samples, 40);

    const { code } = await retort(workspace, 'export', teacher, '--to', 'exported', '--checkpoint', 'last');
    assert.equal(code, 0);
    const model = JSON.parse(
      fs.readFileSync(path.join(workspace, 'exported', 'model.json'), 'utf8'),
    ) as object;
    assert.ok('modelTopology' in model && 'weightsManifest' in model);
  });

  it('shows a run by the beginning of its id, and as last', async () => {
    const shown = await retortJson<{ id: string }>(workspace, 'show', teacher.slice(0, -1));
    assert.equal(shown.id, teacher);
    const newest = (await list())[0]!.id;
    assert.equal((await retortJson<{ id: string }>(workspace, 'show', 'last')).id, newest);
    const many = await retort(workspace, 'show', teacher.slice(0, 4));
    assert.equal(many.code, 2);
    assert.match(many.stderr, /^retort: "\d{4}" is the beginning of \d+ runs: /);
  });

  it('prunes what nothing needs, and says so before', async () => {
    const dry = await retortJson<{ checkpoints: { run: string; step: number }[] }>(
      workspace,
      'prune',
      '--dry-run',
    );
    assert.ok(dry.checkpoints.length > 0);
    const done = await retortJson<typeof dry>(workspace, 'prune');
    assert.deepEqual(done.checkpoints, dry.checkpoints);
    assert.deepEqual((await retortJson<typeof dry>(workspace, 'prune')).checkpoints, []);
    // The students' recipes name the teacher's best checkpoint.
    const { checkpoints } = await retortJson<{ checkpoints: { best: boolean }[] }>(
      workspace,
      'show',
      teacher,
    );
    assert.deepEqual(
      checkpoints.map(({ best }) => best),
      [true],
    );
  });
});

describe('Ctrl-C', function () {
  this.timeout(300_000);
  let workspace: string;

  before(() => {
    workspace = makeTinyWorkspace();
    const recipe = tinyRecipe(null) as { train: object };
    const train = { ...recipe.train, epochs: 60, checkpointEvery: 10 };
    fs.writeFileSync(path.join(workspace, 'long.distill.json'), JSON.stringify({ ...recipe, train }));
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('stops a run after a checkpoint; resume takes it to its end', async () => {
    const running = new CliProcess(workspace, ['run', 'long.distill.json']);
    const [, id] = await running.printed('stdout', /^run (\S+)/);
    await running.printed('stdout', /^epoch +1\/60/m);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.match(stderr, /^Stopping after a checkpoint … \(Ctrl-C again ends it at once\)$/m);
    assert.match(stderr, new RegExp(`^retort: go on with: retort resume ${id}$`, 'm'));
    assert.equal(code, 3);
    const [stopped] = await retortJson<ListedRun[]>(workspace, 'list');
    assert.equal(stopped!.state, 'stopped');

    const resumed = await retort(workspace, 'resume', id!, '--json');
    assert.equal(resumed.code, 0, resumed.stderr);
    const lines = events<RunEvent>(resumed.stdout);
    const validations = lines.filter(({ kind }) => kind === 'validation');
    assert.ok(validations.every(({ attempt }) => attempt === 2));
    const reached = Math.floor(stopped!.info.progress!.step / stopped!.info.progress!.stepsPerEpoch);
    assert.deepEqual(
      validations.map(({ epoch }) => epoch),
      Array.from({ length: 60 - reached }, (_, index) => reached + 1 + index),
    );
    assert.equal(lines.at(-1)!.state, 'done');
    assert.equal((await retort(workspace, 'resume', id!)).code, 2);
  });

  it('is one way to stop; another lets the run finish its epoch', async () => {
    const running = new CliProcess(workspace, ['run', 'long.distill.json']);
    const [, id] = await running.printed('stdout', /^run (\S+)/);
    await running.printed('stdout', /^epoch +1\/60/m);
    const { info } = await retortJson<ListedRun>(workspace, 'show', id!);
    process.kill(info.process!.pid, 'SIGSTOP');
    const { code, stdout } = await retort(workspace, 'stop', id!, '--after-epoch');
    assert.equal(code, 0);
    assert.match(stdout, /will finish its epoch, write a checkpoint and stop; go on with: retort resume/);
    process.kill(info.process!.pid, 'SIGCONT');
    assert.equal((await running.ended).code, 3);
    const stopped = await retortJson<ListedRun>(workspace, 'show', id!);
    const { step, stepsPerEpoch } = stopped.info.progress!;
    assert.deepEqual([stopped.state, step % stepsPerEpoch], ['stopped', 0]);
  });

  it('counts before the process of the run is there', async () => {
    const running = new CliProcess(workspace, ['run', 'long.distill.json']);
    await running.printed('stdout', /^run \S+/);
    running.kill('SIGINT');
    assert.equal((await running.ended).code, 3);
    const [stopped] = await retortJson<ListedRun[]>(workspace, 'list');
    assert.equal(stopped!.state, 'stopped');
  });

  it('twice ends a run at once, even one that does not answer', async () => {
    const running = new CliProcess(workspace, ['run', 'long.distill.json']);
    const [, id] = await running.printed('stdout', /^run (\S+)/);
    await running.printed('stdout', /^epoch +1\/60/m);
    const run = await retortJson<ListedRun>(workspace, 'show', id!);
    process.kill(run.info.process!.pid, 'SIGSTOP');
    running.kill('SIGINT');
    await running.printed('stderr', /Stopping after a checkpoint/);
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.match(
      stderr,
      new RegExp(`^retort: go on from its last checkpoint with: retort resume ${id}$`, 'm'),
    );
    const { state } = await retortJson<ListedRun>(workspace, 'show', id!);
    assert.equal(state, 'interrupted');
  });
});
