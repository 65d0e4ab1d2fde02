import assert from 'node:assert/strict';
import { changesBetween } from '../../src/extension/runs/model/changes';
import { Experiments, type TreeOptions } from '../../src/extension/runs/model/experiments';
import { filterOf } from '../../src/extension/runs/model/filter';
import type { Row } from '../../src/extension/runs/model/row';
import { tooltipOf } from '../../src/extension/runs/model/tooltip';
import { processIdentity } from '../../src/runs/processes';
import { done, KD, lookAt, makeRun, readableOf } from './extension-runs-helpers';
import { temporaryRetortFolder } from './runs-helpers';

const NOW = new Date('2026-11-22T10:12:00.000Z');
const OPTIONS: TreeOptions = { sort: 'newest', filter: () => true, now: NOW, secondsLeft: () => undefined };

describe('the tree of experiments', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;

  beforeEach(() => (retort = temporaryRetortFolder()));
  afterEach(() => retort.remove());

  const collect = async (options: Partial<TreeOptions> = {}): Promise<Row[]> =>
    new Experiments().collect(await lookAt(retort.folder), { ...OPTIONS, ...options });

  /** The rows as indented lines of label and description. */
  const drawn = (rows: readonly Row[], indent = ''): string[] =>
    rows.flatMap(({ label, description, children }) => [
      `${indent}${label} | ${description}`,
      ...drawn(children, `${indent}  `),
    ]);

  async function makeExperiment(): Promise<void> {
    await makeRun(retort.folder, { seed: 0, info: done(0.82) });
    await makeRun(retort.folder, { seed: 1, info: done(0.84) });
    await makeRun(retort.folder, { seed: 0, hooks: KD, info: done(0.86) });
    await makeRun(retort.folder, { seed: 1, hooks: KD, info: done(0.88), notes: { star: true } });
  }

  it('shows groups with mean and deviation, seeds, star and baseline', async () => {
    await makeExperiment();
    // By name, since runs of one second come in any order.
    assert.deepEqual(drawn(await collect({ sort: 'name' })), [
      'small | 2 groups',
      // Sample deviation of two values that lie 2 points apart: sqrt(2).
      '  alone | 83.0 ± 1.4 · baseline · 2 seeds',
      '    seed 0 | 82.0 · 12 min ago',
      '    seed 1 | 84.0 · 12 min ago',
      '  kd | 87.0 ± 1.4 · 2 seeds · ★',
      '    seed 0 | 86.0 · 12 min ago',
      '    seed 1 | 88.0 · 12 min ago · ★',
    ]);
  });

  it('says what a live run is at, and why one that ended early did', async () => {
    const process = (await processIdentity())!;
    const progress = { step: 62, steps: 100, stepsPerEpoch: 10, epochs: 10 };
    const best = { step: 60, epoch: 6, validation: { accuracy: 0.861, loss: 1, samples: 10 } };
    await makeRun(retort.folder, {
      seed: 1,
      info: { state: 'running', attempt: 1, process, progress, best },
    });
    await makeRun(retort.folder, { seed: 2, info: { state: 'queued' } });
    const gone = { ...process, started: 'before' };
    await makeRun(retort.folder, {
      seed: 3,
      info: {
        state: 'running',
        attempt: 1,
        process: gone,
        progress: { ...progress, step: 70 },
        startedAt: NOW.toISOString(),
      },
    });
    await makeRun(retort.folder, {
      seed: 4,
      info: { state: 'failed', attempt: 0, reason: 'no such data', endedAt: NOW.toISOString() },
    });
    const rows = await collect({ sort: 'name', secondsLeft: () => 120 });
    const [group] = rows[0]!.children;
    assert.deepEqual(
      group!.children.map(({ label, description, icon }) => [label, description, icon.name]),
      [
        ['seed 1', '62 % · 2 m left · 86.1', 'play-circle'],
        ['seed 2', 'queued', 'watch'],
        ['seed 3', 'interrupted at epoch 7 · just now', 'debug-pause'],
        ['seed 4', 'failed · just now', 'error'],
      ],
    );
    assert.equal(rows[0]!.description, '1 running · 4 runs');
    assert.equal(group!.children[0]!.spoken, 'running 62 % · 2 m left · 86.1');
  });

  it('says of a run that is to stop after its epoch so, and no more how long its recipe would take', async () => {
    const process = (await processIdentity())!;
    const progress = { step: 62, steps: 100, stepsPerEpoch: 10, epochs: 10 };
    const info = { state: 'running', attempt: 1, process, progress, stopAfterEpoch: 7 } as const;
    await makeRun(retort.folder, { info });
    const [row] = (await collect({ secondsLeft: () => 120 }))[0]!.children[0]!.children;
    assert.equal(row!.description, '62 % · stops after epoch 7');
    assert.equal(row!.context, 'run running live plain');
  });

  it('offers on each row what can be done with it', async () => {
    const process = (await processIdentity())!;
    await makeRun(retort.folder, { seed: 1, info: { state: 'running', attempt: 1, process } });
    await makeRun(retort.folder, { seed: 2, info: { state: 'stopped', attempt: 1 }, notes: { star: true } });
    await makeRun(retort.folder, { seed: 3, info: done(0.8) });
    const rows = (await collect({ sort: 'name' }))[0]!.children[0]!.children;
    assert.deepEqual(
      rows.map(({ context }) => context),
      ['run running live ongoing plain', 'run stopped over resumable starred', 'run done over plain'],
    );
  });

  it('sorts by the best metric, and by name with numbers as numbers', async () => {
    await makeRun(retort.folder, { seed: 2, info: done(0.7) });
    await makeRun(retort.folder, { seed: 10, info: done(0.9) });
    await makeRun(retort.folder, { seed: 1, info: done(0.8) });
    const labels = async (sort: 'best' | 'name'): Promise<string[]> =>
      (await collect({ sort }))[0]!.children[0]!.children.map(({ label }) => label);
    assert.deepEqual(await labels('best'), ['seed 10', 'seed 1', 'seed 2']);
    assert.deepEqual(await labels('name'), ['seed 1', 'seed 2', 'seed 10']);
  });

  it('keeps the newest first whatever happens to a run', async () => {
    const runs = [];
    for (const seed of [0, 1, 2]) runs.push(await makeRun(retort.folder, { seed, info: done(0.8) }));
    const ids = runs
      .map(({ folder }) => folder)
      .sort()
      .reverse();
    const rows = await collect();
    assert.deepEqual(
      rows[0]!.children[0]!.children.map(({ id }) => id),
      ids,
    );
  });

  it('filters by name, tag, note and state, and leaves the figures of groups as they are', async () => {
    await makeExperiment();
    const tagged = await makeRun(retort.folder, {
      name: 'other',
      info: done(0.5),
      notes: { name: 'Wide', tags: ['paper'], note: 'second try' },
    });
    for (const filter of ['wide', '#paper', 'TRY second', 'other done']) {
      const rows = await collect({ filter: filterOf(filter) });
      assert.deepEqual(
        rows.flatMap(({ keys }) => keys),
        [tagged.folder],
        filter,
      );
    }
    const [experiment] = await collect({ filter: filterOf('KD "seed 1"') });
    assert.deepEqual(drawn([experiment!]), [
      'small | 2 groups',
      '  kd | 87.0 ± 1.4 · 2 seeds · ★',
      '    seed 1 | 88.0 · 12 min ago · ★',
    ]);
    assert.deepEqual(await collect({ filter: filterOf('nothing like it') }), []);
  });

  it('puts what cannot be read apart, and has a level for folders only where there are several', async () => {
    const other = temporaryRetortFolder();
    try {
      await makeRun(retort.folder, { info: done(0.8) });
      const broken = await makeRun(retort.folder, { info: { id: 'another' } });
      assert.deepEqual(
        (await collect()).map(({ label }) => label),
        ['small', 'Damaged'],
      );
      await makeRun(other.folder, { info: done(0.8) });
      const rows = new Experiments().collect(await lookAt(retort.folder, other.folder), OPTIONS);
      assert.deepEqual(rows.map(({ context, children }) => [context, children.length]).sort(), [
        ['folder', 1],
        ['folder', 2],
      ]);
      const damaged = rows.flatMap(({ children }) => children).find(({ context }) => context === 'damaged')!;
      const tooltip = tooltipOf(damaged.children[0]!.about)!;
      assert.equal(damaged.children[0]!.id, broken.folder);
      assert.match(tooltip.text!, /belongs to another run/);
    } finally {
      other.remove();
    }
  });

  it('gives tooltips their facts as plain text, whatever a stranger wrote', async () => {
    const note = '[click](command:evil) <img src=x> **bold**';
    const reason = '$(alert) <b>x</b>';
    await makeRun(retort.folder, { info: { state: 'failed', reason }, notes: { note, name: '`a`' } });
    const [row] = (await collect())[0]!.children[0]!.children;
    const tooltip = tooltipOf(row!.about)!;
    assert.equal(tooltip.title, 'small / alone / `a`');
    assert.equal(tooltip.text, note);
    assert.deepEqual(
      tooltip.facts.find(([name]) => name === 'Why'),
      ['Why', reason],
    );
  });

  it('says what a group has gained, on the split that all of it was tested on', async () => {
    const teacher = { test: { accuracy: 0.93, loss: 1, samples: 10 } };
    await makeRun(retort.folder, { seed: 0, info: done(0.83) });
    await makeRun(retort.folder, { seed: 0, hooks: KD, info: { ...done(0.86), teacher } });
    const group = (await collect())[0]!.children.find(({ label }) => label === 'kd')!;
    const facts = Object.fromEntries(tooltipOf(group.about)!.facts);
    assert.equal(facts['Test accuracy'], '86.0 (1 seed)');
    // (86 - 83) / (93 - 83)
    assert.equal(facts['Gap recovered'], '30 %');
    assert.equal(facts['Against the baseline'], '+3.0');
  });

  it('takes a change of one run for a change of its row alone', async () => {
    await makeExperiment();
    const experiments = new Experiments();
    const runs = readableOf(await lookAt(retort.folder));
    const before = experiments.collect(runs, OPTIONS);
    const [first, ...rest] = runs;
    const renamed = { ...first!, notes: { ...first!.notes, name: 'Mine' } };
    const after = experiments.collect([renamed, ...rest], OPTIONS);
    assert.deepEqual(changesBetween(before, after), { root: false, ids: [first!.key] });
    assert.deepEqual(changesBetween(after, after), { root: false, ids: [] });
  });

  it('takes a new run for a change of its group, and a new experiment for one of the top', async () => {
    await makeExperiment();
    const sort = 'name';
    const before = await collect({ sort });
    await makeRun(retort.folder, { seed: 2, info: { state: 'queued' } });
    const after = await collect({ sort });
    const [alone] = after[0]!.children;
    assert.deepEqual(changesBetween(before, after), { root: false, ids: [alone!.id] });
    await makeRun(retort.folder, { name: 'new', info: done(0.8) });
    assert.deepEqual(changesBetween(after, await collect({ sort })), { root: true, ids: [] });
  });
});
