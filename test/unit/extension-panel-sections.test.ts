import assert from 'node:assert/strict';
import type { ReadableSeenRun } from '../../src/extension/common/seen-run';
import { lastLines } from '../../src/extension/panel/log-tail';
import { type Candidate, Candidates, readableRun } from '../../src/extension/panel/sections/candidates';
import { cardsOf, referencesOf, type Standing, standingOf } from '../../src/extension/panel/sections/cards';
import { comparisonCsv, comparisonOf } from '../../src/extension/panel/sections/comparison';
import { headerOf, headerOfGone } from '../../src/extension/panel/sections/header';
import { hookRowsOf } from '../../src/extension/panel/sections/hooks';
import { besideOf, comparedKeys } from '../../src/extension/panel/sections/subject';
import { DEFAULT_VIEW } from '../../src/protocol/panel';
import { References } from '../../src/protocol/panel-charts';
import { fits } from '../../src/protocol/panel-schema';
import { Cards, Comparison, Header, HookRow } from '../../src/protocol/panel-sections';
import type { Recipe } from '../../src/recipe/schema';
import type { RunInfo, RunState } from '../../src/runs/types';
import { sampleRecipe } from './runs-helpers';

const kd: Partial<Recipe> = {
  teacher: { model: 'builtin:resnet20', args: {}, weights: null },
  hooks: [{ method: 'kd', weight: 1, options: {} }],
};
const score = (accuracy: number) => ({ accuracy, loss: 1, samples: 100 });
const reached = (accuracy: number) => ({ step: 100, epoch: 1, validation: score(accuracy) });

let count = 0;
beforeEach(() => (count = 0));

/** A run as it was seen, of seed `seed`; accuracies are fractions. */
function seenRun(
  changes: Partial<Recipe>,
  seed: number,
  accuracy: { validation?: number; test?: number } = {},
  { state = 'done', info = {} }: { state?: RunState; info?: Partial<RunInfo> } = {},
): ReadableSeenRun {
  const id = `20261122-1015${String(count++).padStart(2, '0')}-aaaa`;
  const folder = `/work/.retort/runs/${id}`;
  const recipe = sampleRecipe(changes);
  const { validation, test } = accuracy;
  return {
    key: folder,
    run: { id, folder, retortFolder: '/work/.retort' },
    notes: {},
    seen: {
      state,
      recipe: { ...recipe, train: { ...recipe.train, seed } },
      info: {
        version: 1,
        id,
        state: state === 'interrupted' ? 'running' : state,
        attempt: 1,
        createdAt: '2026-11-22T10:15:00.000Z',
        progress: { step: 100, steps: 200, stepsPerEpoch: 100, epochs: 2 },
        ...(recipe.teacher && { teacher: { validation: score(0.9), test: score(0.9) } }),
        ...(validation !== undefined && { best: reached(validation), last: reached(validation) }),
        ...(test !== undefined && { test: score(test) }),
        ...info,
      },
    },
  };
}

/** The same run, of the same id, in another folder. */
function twinOf({ run, ...seen }: ReadableSeenRun, retortFolder = '/other/.retort'): ReadableSeenRun {
  const folder = `${retortFolder}/runs/${run.id}`;
  return { ...seen, key: folder, run: { ...run, folder, retortFolder } };
}

const candidatesOf = (runs: ReadableSeenRun[]): Promise<Candidate[]> => new Candidates().of(runs);

async function standing(run: ReadableSeenRun, ...others: ReadableSeenRun[]): Promise<Standing> {
  return standingOf(run.key, await candidatesOf([...others, run]))!;
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs(actual! - expected) < 1e-9, `${actual} is not ${expected}`);

describe('the cards of a run', () => {
  it('compare a live run on validation with the mean of the student alone', async () => {
    const alone = [
      seenRun({}, 0, { validation: 0.7, test: 0.6 }),
      seenRun({}, 1, { validation: 0.8, test: 0.6 }),
    ];
    const run = seenRun(kd, 0, { validation: 0.8 }, { state: 'running' });
    const cards = cardsOf(await standing(run, ...alone), undefined);
    assert.ok(fits(Cards, cards));
    // Alone 0.75, teacher 0.9: a third of the gap.
    near(cards.gap.value, 1 / 3);
    assert.equal(cards.gap.split, 'validation');
    near(cards.against.difference, 0.05);
    assert.deepEqual([cards.against.seeds, cards.against.baselineSeeds], [1, 2]);
    assert.equal(cards.against.standardError, undefined);
    near(referencesOf(await standing(run, ...alone)).baseline?.accuracy, 0.75);
  });

  it('compare groups that are done over their seeds, on the test split, with the standard error', async () => {
    const alone = [0.6, 0.62].map((test, seed) => seenRun({}, seed, { validation: 0.7, test }));
    const runs = [0.7, 0.74].map((test, seed) => seenRun(kd, seed, { validation: 0.8, test }));
    const cards = cardsOf(await standing(runs[1]!, runs[0]!, ...alone), undefined);
    near(cards.against.difference, 0.11);
    // Variances 0.0008 and 0.0002 of 2 seeds each: sqrt(0.0004 + 0.0001).
    near(cards.against.standardError, Math.sqrt(0.0005));
    assert.equal(cards.against.split, 'test');
    // This run: (0.74 - 0.61) / (0.9 - 0.61).
    near(cards.gap.value, 0.13 / 0.29);
    assert.equal(cards.gap.split, 'test');
  });

  it('compare a run that came to no end by itself, not by the runs of its group that did', async () => {
    const alone = [0.6, 0.62].map((test, seed) => seenRun({}, seed, { validation: 0.7, test }));
    const done = seenRun(kd, 0, { validation: 0.8, test: 0.7 });
    const failed = seenRun(kd, 1, { validation: 0.65 }, { state: 'failed' });
    const { against } = cardsOf(await standing(failed, done, ...alone), undefined);
    near(against.difference, -0.05);
    assert.deepEqual([against.split, against.seeds, against.baselineSeeds], ['validation', 1, 2]);
  });

  it('are drawn beside further teachers: fixed ones at what they reach, those that learn by their curves', async () => {
    const peer = { model: 'builtin:resnet8', args: {}, weights: null, learns: true };
    const wide = { ...kd.teacher!, weights: 'run:20261122-101500-k3f9' };
    const info = {
      teachers: { wide: { validation: score(0.95) }, peer: { validation: score(0.6) } },
    };
    const several = seenRun({ ...kd, teachers: { wide, late: wide, peer } }, 0, {}, { info });
    const references = referencesOf(await standing(several));
    assert.ok(fits(References, references));
    assert.deepEqual(references, {
      teacher: 0.9,
      teachers: [{ name: 'wide', accuracy: 0.95 }],
      learning: ['peer'],
    });
    const mutual = seenRun({ ...kd, teacher: peer }, 0, {}, { info: { teacher: {} } });
    assert.deepEqual(referencesOf(await standing(mutual)), { learning: ['teacher'] });
    assert.deepEqual(referencesOf(await standing(seenRun(kd, 0))), { teacher: 0.9 });
  });

  it('say why a figure cannot be had', async () => {
    const alone = seenRun({}, 0, { validation: 0.95 });
    const run = seenRun(kd, 0, { validation: 0.8 });
    assert.match(cardsOf(await standing(run), undefined).gap.why!, /no finished run of the student alone/);
    assert.match(cardsOf(await standing(run, alone), undefined).gap.why!, /not above/);
    assert.match(cardsOf(await standing(alone, run), undefined).against.why!, /is the student alone/);
    const fresh = seenRun(kd, 1, {}, { state: 'running', info: { teacher: {} } });
    assert.match(cardsOf(await standing(fresh, alone), undefined).gap.why!, /teacher was not measured/);
  });
});

describe('the header of a run', () => {
  const context = { experiment: 'sample', reading: undefined, isTrusted: true, lacksBaseline: false };

  it('says why a run is not at work and what to do', () => {
    const sentence = (state: RunState, info: Partial<RunInfo> = {}): string | undefined => {
      const header = headerOf(seenRun(kd, 0, {}, { state, info }), context);
      assert.ok(fits(Header, header));
      return header.sentence;
    };
    assert.match(sentence('interrupted')!, /resume it from epoch 1/);
    assert.match(sentence('failed', { reason: 'The disk is full.' })!, /^The disk is full\. Resume/);
    assert.match(sentence('queued')!, /device/);
    assert.equal(sentence('running'), undefined);
    assert.match(sentence('running', { stopAfterEpoch: 2 })!, /stops after epoch 2/);
  });

  it('offers what can be done now, and in an untrusted workspace what runs nothing', () => {
    const actions = (state: RunState, isTrusted: boolean): string[] =>
      headerOf(seenRun(kd, 0, { validation: 0.5 }, { state }), { ...context, isTrusted }).actions;
    assert.ok(actions('running', true).includes('stop'));
    assert.ok(actions('interrupted', true).includes('resume'));
    assert.ok(!actions('done', true).includes('stop'));
    assert.ok(actions('running', true).includes('stopAfterEpoch'));
    assert.ok(!actions('queued', true).includes('stopAfterEpoch'));
    const asked = seenRun(kd, 0, {}, { state: 'running', info: { stopAfterEpoch: 2 } });
    const left = headerOf(asked, context).actions;
    assert.deepEqual([left.includes('stop'), left.includes('stopAfterEpoch')], [true, false]);
    for (const state of ['running', 'interrupted', 'done', 'queued'] as const) {
      assert.deepEqual(actions(state, false), ['openRecipe', 'openLog', 'reveal']);
    }
    const held = headerOf(seenRun(kd, 0, {}, { state: 'interrupted' }), { ...context, isTrusted: false });
    assert.match(
      held.sentence!,
      /resume it .*\. Resuming it would run its code: trust the workspace first\.$/,
    );
  });

  it('counts steps by whatever is furthest, and the time at the pace of the metrics', () => {
    const run = seenRun(kd, 0, {}, { state: 'running' });
    const latest = { step: 150, epoch: 1.5, secondsPerEpoch: 60 };
    const header = headerOf(run, { ...context, reading: { isUnfinished: false, damaged: 2, latest } });
    assert.deepEqual(header.progress, { step: 150, steps: 200, epoch: 1.5, epochs: 2 });
    assert.equal(header.secondsLeft, 30);
    assert.match(header.warnings[0]!, /2 lines/);
  });

  it('keeps what was last known of a run that is gone, and does not pretend that it goes on', () => {
    const last = { ...headerOf(seenRun(kd, 3), context), secondsLeft: 5 };
    const gone = headerOfGone('/work/.retort/runs/x', 'trash', last);
    assert.ok(fits(Header, gone));
    assert.deepEqual([gone.state, gone.seed, gone.actions], ['gone', 3, ['restore', 'close']]);
    assert.ok(!('secondsLeft' in gone));
    const unknown = headerOfGone('/work/.retort/runs/x', 'nowhere');
    assert.ok(fits(Header, unknown));
    assert.deepEqual([unknown.name, unknown.actions], ['x', ['close']]);
  });
});

describe('what can be drawn beside a run', () => {
  const alone = () => [0, 1].map((seed) => seenRun({}, seed, { validation: 0.7 }));
  const keyOf = (candidates: readonly Candidate[], label: string): string =>
    candidates.find(({ choice }) => choice.label === label)!.choice.key;

  it('are groups and runs; colours stay when more come', async () => {
    const runs = [...alone(), seenRun(kd, 0, { validation: 0.8 })];
    const before = (await candidatesOf(runs)).map(({ choice }) => [choice.label, choice.color]);
    assert.deepEqual(before, [
      ['alone', 0],
      ['alone, seed 0', 0],
      ['alone, seed 1', 1],
      ['kd', 1],
      ['kd, seed 0', 1],
    ]);
    const after = await candidatesOf([...runs, seenRun({}, 2), seenRun({ ...kd, variant: 'x' }, 0)]);
    for (const [label, color] of before) {
      assert.equal(after.find(({ choice }) => choice.label === label)?.choice.color, color);
    }
  });

  it('are named with their folder where there are several, and have colours of their own', async () => {
    const runs = [...alone(), seenRun(kd, 0, { validation: 0.8 })];
    const all = new Candidates();
    const experiments = async (seen: ReadableSeenRun[]) =>
      new Set((await all.of(seen)).map(({ choice }) => choice.experiment));
    assert.deepEqual(await experiments(runs), new Set(['sample']));
    const twins = runs.map((run) => twinOf(run));
    // The same runs as before, which now need to be told from others.
    assert.deepEqual(await experiments([...runs, ...twins]), new Set(['work / sample', 'other / sample']));
    const candidates = await all.of([...runs, ...twins]);
    const colourOf = (key: string) => candidates.find(({ choice }) => choice.key === key)!.choice.color;
    for (const run of runs) assert.notEqual(colourOf(twinOf(run).key), colourOf(run.key));
  });

  it('begin with the baseline, then what was chosen, each once', async () => {
    const run = seenRun(kd, 0, { validation: 0.8 });
    const runs = [...alone(), run];
    const candidates = await candidatesOf(runs);
    const overlays = [keyOf(candidates, 'alone, seed 1'), keyOf(candidates, 'alone'), run.key, 'unknown'];
    const subject = { kind: 'run' as const, keys: [run.key] };
    const beside = besideOf(
      subject,
      { ...DEFAULT_VIEW, overlays },
      candidates,
      await standing(run, ...runs.slice(0, 2)),
    );
    assert.deepEqual(
      beside.map(({ candidate, role }) => [candidate.choice.label, role]),
      [
        ['alone', 'baseline'],
        ['alone, seed 1', 'chosen'],
      ],
    );
  });

  it('lets a group stand for its runs where all of them are compared', async () => {
    const runs = [...alone(), seenRun(kd, 0, { validation: 0.8 }), seenRun(kd, 1, { validation: 0.8 })];
    const candidates = await candidatesOf(runs);
    const keys = [runs[0]!.key, runs[1]!.key, runs[2]!.key];
    assert.deepEqual(comparedKeys(keys, candidates), [keyOf(candidates, 'alone'), runs[2]!.key]);
  });
});

describe('the comparison', () => {
  it('sets runs and groups against their baseline and names where recipes differ', async () => {
    const runs = [
      seenRun({}, 0, { validation: 0.7 }),
      seenRun({}, 1, { validation: 0.8 }),
      seenRun(kd, 0, { validation: 0.85 }, { info: { flops: { student: 1000 }, seconds: 60 } }),
    ];
    const candidates = await candidatesOf(runs);
    const chosen = candidates.filter(
      ({ choice }) => choice.label === 'alone' || choice.label === 'kd, seed 0',
    );
    const comparison = comparisonOf(chosen, []);
    assert.ok(fits(Comparison, comparison));
    assert.equal(comparison.split, 'validation');
    const [alone, run] = comparison.rows;
    assert.equal(alone?.isBaseline, true);
    near(alone?.accuracy?.mean, 0.75);
    near(run?.difference?.value, 0.1);
    near(run?.gapRecovered, 0.1 / 0.15);
    assert.equal(run?.flops, 1000);
    const method = comparison.differences.find(({ path }) => path === 'hooks[0].method');
    assert.deepEqual(method?.values, [null, '"kd"']);
    assert.match(
      comparisonCsv(comparison),
      /^experiment,label,runs,validation accuracy.*\r\nsample,alone,2,0\.75,/,
    );
  });

  it('keeps runs of several folders apart, each against its own baseline', async () => {
    const runs = [seenRun({}, 0, { validation: 0.7 }), seenRun(kd, 0, { validation: 0.8 })];
    const others = [
      twinOf(seenRun({}, 0, { validation: 0.5 })),
      twinOf(seenRun(kd, 0, { validation: 0.9 })),
      twinOf(seenRun(kd, 1, { validation: 0.8 })),
    ];
    const candidates = await candidatesOf([...runs, ...others]);
    const chosen = candidates.filter(
      ({ choice }) => choice.kind === 'group' || choice.label === 'kd, seed 0',
    );
    const { rows } = comparisonOf(chosen, []);
    const figures = rows.map(({ experiment, label, accuracy, difference, isBaseline }) => [
      `${experiment} / ${label}`,
      accuracy?.mean.toFixed(2),
      difference?.value.toFixed(2),
      isBaseline,
    ]);
    assert.deepEqual(figures, [
      ['work / sample / alone', '0.70', undefined, true],
      ['work / sample / kd', '0.80', '0.10', false],
      ['work / sample / kd, seed 0', '0.80', '0.10', false],
      ['other / sample / alone', '0.50', undefined, true],
      ['other / sample / kd', '0.85', '0.35', false],
      ['other / sample / kd, seed 0', '0.90', '0.40', false],
    ]);
  });

  it('takes the test split only where those of all folders were tested', async () => {
    const tested = seenRun({}, 0, { validation: 0.8, test: 0.7 });
    const [alike, untested] = [twinOf(tested), twinOf(seenRun({}, 0, { validation: 0.9 }))];
    const whole = comparisonOf(await candidatesOf([tested, alike]), []);
    assert.deepEqual([whole.split, whole.rows[0]?.accuracy?.mean], ['test', 0.7]);
    const mixed = comparisonOf(await candidatesOf([tested, untested]), []);
    assert.deepEqual([mixed.split, mixed.rows[0]?.accuracy?.mean], ['validation', 0.8]);
  });

  it('takes the test split only where all of it was tested', async () => {
    const runs = [
      seenRun({}, 0, { validation: 0.7, test: 0.6 }),
      seenRun(kd, 0, { validation: 0.8, test: 0.7 }),
    ];
    const groups = (await candidatesOf(runs)).filter(({ choice }) => choice.kind === 'group');
    assert.equal(comparisonOf(groups, []).split, 'test');
    const live = seenRun(kd, 1, { validation: 0.9 }, { state: 'running' });
    const withLive = await candidatesOf([...runs, live]);
    const rows = withLive.filter(({ choice }) => choice.kind === 'group' || choice.key === live.key);
    const comparison = comparisonOf(rows, []);
    assert.equal(comparison.split, 'validation');
    near(comparison.rows[0]?.accuracy?.mean, 0.7);
    near(comparison.rows.find(({ kind }) => kind === 'run')?.difference?.value, 0.2);
  });
});

describe('the rows of hooks', () => {
  it('are one for each pair of layers, and for each direction of a hook between models that learn', () => {
    const hooks: Recipe['hooks'] = [
      {
        method: 'tat',
        student: ['stage2', 'stage3'],
        teacher: ['stage1', 'stage3'],
        weight: 0.1,
        options: {},
      },
      { method: 'kd', from: 'peer', weight: 1, options: {} },
    ];
    const side = { student: [{ shape: [10] }], teacher: [{ shape: [10] }], parameters: 0 };
    const known = [
      { name: 'kd:peer', method: 'kd', from: ['peer'], ...side },
      { name: 'peer/kd:peer', method: 'kd', learner: 'peer', from: ['student'], ...side },
    ];
    const rows = hookRowsOf(readableRun(seenRun({ ...kd, hooks }, 0, {}, { info: { hooks: known } })));
    assert.deepEqual(
      rows.map(({ name, student, teacher }) => [name, student, teacher]),
      [
        ['tat@stage2', [{ layer: 'stage2' }], [{ layer: 'stage1' }]],
        ['tat@stage3', [{ layer: 'stage3' }], [{ layer: 'stage3' }]],
        ['kd:peer', side.student, side.teacher],
        ['peer/kd:peer', side.student, side.teacher],
      ],
    );
  });

  it('join the recipe with what was found when the models were built', () => {
    const hooks: Recipe['hooks'] = [
      { method: 'kd', weight: 0.9, options: {} },
      {
        method: 'tat',
        student: 's3',
        teacher: 't3',
        weight: 0.1,
        options: {},
        schedule: { type: 'warmup', epochs: 2 },
      },
    ];
    const fact = {
      name: 'tat@s3',
      method: 'tat',
      student: [{ layer: 's3', shape: [7, 7, 64] }],
      teacher: [{ layer: 't3', shape: [7, 7, 128] }],
      parameters: 12,
    };
    const rows = hookRowsOf(readableRun(seenRun({ ...kd, hooks }, 0, {}, { info: { hooks: [fact] } })));
    for (const row of rows) assert.ok(fits(HookRow, row));
    assert.deepEqual(rows[0], { name: 'kd', method: 'kd', student: [{}], teacher: [{}], weight: 0.9 });
    assert.deepEqual(rows[1]?.student, fact.student);
    assert.match(rows[1]?.schedule ?? '', /2 epochs/);
  });
});

describe('the end of a log', () => {
  it('is its last whole lines', () => {
    assert.deepEqual(lastLines(Buffer.from('a\nb\r\nc\n'), 0), { skippedBytes: 0, lines: ['a', 'b', 'c'] });
    assert.deepEqual(lastLines(Buffer.from('rt of a line\nb\nc'), 100), {
      skippedBytes: 113,
      lines: ['b', 'c'],
    });
    assert.deepEqual(lastLines(Buffer.from(''), 0), { skippedBytes: 0, lines: [] });
    const many = Array.from({ length: 3000 }, (_, index) => `line ${String(index).padStart(4, '0')}\n`);
    const tail = lastLines(Buffer.from(many.join('')), 0);
    assert.equal(tail.lines.length, 2000);
    assert.equal(tail.lines[0], 'line 1000');
    assert.equal(tail.skippedBytes, 10 * 1000);
  });
});
