import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TableChange } from '../../src/protocol/panel-charts';
import { matchLine, shapeOf } from '../../src/extension/panel/reader/line-scanner';
import { Follower, RunSeries } from '../../src/extension/panel/reader/run-series';
import { linesPerRow, MOST_ROWS } from '../../src/extension/panel/reader/table';

interface Told {
  attempt?: number;
  stage?: number;
  step: number;
  loss?: number | null;
  time?: number;
  terms?: Record<string, number | null>;
}

let folder: string;
let file: string;
let seq = 0;

function trainLine({
  attempt = 1,
  stage,
  step,
  loss = step / 10,
  time = step * 100,
  terms = {},
}: Told): string {
  const place = { attempt, seq: seq++, step, epoch: step / 100, stage };
  const figures = { accuracy: 0.5, lr: 0.1, imagesPerSecond: 800, dataWait: 0.01 };
  return `${JSON.stringify({ kind: 'train', ...place, loss, terms, ...figures, time })}\n`;
}

function attemptLine(attempt: number, step: number, time: number): string {
  return `${JSON.stringify({ kind: 'attempt', attempt, seq: seq++, step, time })}\n`;
}

function validationLine(step: number, accuracy: number, attempt = 1): string {
  const place = { attempt, seq: seq++, step, epoch: step / 100 };
  return `${JSON.stringify({ kind: 'validation', ...place, loss: 1, accuracy, time: step * 100 })}\n`;
}

async function read(series: RunSeries): Promise<RunSeries> {
  await series.read();
  return series;
}

const lossOf = (change: TableChange | undefined): number[] => [...(change?.rows.columns.loss?.mean ?? [])];

/** What a page holds after changes: the first `keep` rows, then the new ones. */
function applied(rows: readonly number[], change: TableChange | undefined): number[] {
  return change === undefined ? [...rows] : [...rows.slice(0, change.keep), ...lossOf(change)];
}

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-series-')));
  file = path.join(folder, 'metrics.jsonl');
  seq = 0;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('matching lines with a shape', () => {
  const values = new Float64Array(8);
  const matches = (shape: string, line: string): boolean => {
    const bytes = Buffer.from(`${line}\n`);
    return matchLine(shapeOf(shape)!, bytes, 0, bytes.length - 1, values);
  };

  it('gives the numbers that JSON.parse gives, to the last bits', () => {
    const numbers = [
      0,
      -0.5,
      1e-7,
      1.5e300,
      2 ** 53,
      1763800000123,
      0.1 + 0.2,
      Number.MIN_VALUE,
      1e22,
      -1e-300,
    ];
    const random = Array.from(
      { length: 500 },
      (_, index) => Math.sin(index * index) * 10 ** ((index % 40) - 20),
    );
    for (const number of [...numbers, ...random]) {
      assert.ok(matches('{"a":1,"b":"x"}', `{"a":${JSON.stringify(number)},"b":"x"}`), String(number));
      assert.ok(Math.abs(values[0]! - number) <= 1e-15 * Math.abs(number) + Number.MIN_VALUE, String(number));
    }
  });

  it('refuses what differs in more than numbers, and what JSON does not call a number', () => {
    for (const line of [
      '{"a":1,"b":"y"}',
      '{"a":1}',
      '{"a":01,"b":"x"}',
      '{"a":1.,"b":"x"}',
      '{"a":,"b":"x"}',
    ]) {
      assert.ok(!matches('{"a":1,"b":"x"}', line), line);
    }
    for (const line of [
      '{"a":-,"b":"x"}',
      '{"a":1e,"b":"x"}',
      '{"a":1e999,"b":"x"}',
      '{"a":null,"b":"x"}',
      '',
    ]) {
      assert.ok(!matches('{"a":1,"b":"x"}', line), line);
    }
  });

  it('names where the numbers stand, whatever the texts hold', () => {
    const shape = shapeOf('{"k":"a{1,\\"2","n":{"x.y":3,"z":-4e5},"m":null,"o":6}');
    assert.deepEqual(shape?.paths, ['n.x.y', 'n.z', 'o']);
    assert.equal(shapeOf('{"a":[1]}'), undefined);
  });
});

describe('the series of a run', () => {
  it('reads figures, terms and hooks into columns; what a line lacks is no number', async () => {
    const hooks = { 'tat@a.b': { weight: 0.1, loss: 2, cka: 0.5 } };
    const hooksLine = { kind: 'hooks', attempt: 1, seq: 9, step: 20, epoch: 0.2, hooks, time: 2000 };
    fs.writeFileSync(
      file,
      attemptLine(1, 0, 0) +
        trainLine({ step: 10, terms: { task: 1 } }) +
        trainLine({ step: 20, loss: null, terms: { task: 2, kd: 3 } }) +
        `${JSON.stringify(hooksLine)}\n`,
    );
    const series = await read(new RunSeries(folder));
    const train = series.rows('train');
    assert.deepEqual([...train.step], [10, 20]);
    assert.deepEqual([...train.seconds], [1, 2]);
    assert.deepEqual([...train.columns.loss!.mean], [1, Number.NaN]);
    assert.deepEqual([...train.columns['term task']!.mean], [1, 2]);
    assert.deepEqual([...train.columns['term kd']!.mean], [Number.NaN, 3]);
    assert.deepEqual([...series.rows('hooks').columns['cka tat@a.b']!.mean], [0.5]);
    assert.equal(series.state.damaged, 0);
  });

  it('reads further teachers into columns by name, those that learn at each evaluation', async () => {
    const teachers = (step: number, of: Record<string, { loss: number | null; accuracy: number }>): string =>
      `${JSON.stringify({ kind: 'teachers', attempt: 1, seq: seq++, step, epoch: step / 100, teachers: of, time: step * 100 })}\n`;
    fs.writeFileSync(
      file,
      attemptLine(1, 0, 0) +
        teachers(0, { 'wide.2': { loss: 0.5, accuracy: 0.9 } }) +
        teachers(100, { peer: { loss: 1, accuracy: 0.25 }, other: { loss: null, accuracy: 0.5 } }) +
        teachers(200, { peer: { loss: 2, accuracy: 0.75 }, other: { loss: 3, accuracy: 1 } }),
    );
    const series = await read(new RunSeries(folder));
    const { step, columns } = series.rows('teachers');
    assert.deepEqual([...step], [0, 100, 200]);
    assert.deepEqual(
      Object.fromEntries(Object.entries(columns).map(([name, { mean }]) => [name, [...mean]])),
      {
        'loss wide.2': [0.5, Number.NaN, Number.NaN],
        'accuracy wide.2': [0.9, Number.NaN, Number.NaN],
        'loss peer': [Number.NaN, 1, 2],
        'accuracy peer': [Number.NaN, 0.25, 0.75],
        'accuracy other': [Number.NaN, 0.5, 1],
        'loss other': [Number.NaN, Number.NaN, 3],
      },
    );
    assert.equal(series.state.damaged, 0);
  });

  it('forgets lines beyond the step that a resume went on from, and the pause before it', async () => {
    fs.writeFileSync(
      file,
      attemptLine(1, 0, 0) +
        trainLine({ step: 10, time: 1000 }) +
        validationLine(10, 0.5) +
        trainLine({ step: 20, loss: 99, time: 2000 }) +
        validationLine(20, 0.9) +
        attemptLine(2, 10, 1_000_000) +
        trainLine({ attempt: 2, step: 20, time: 1_003_000 }),
    );
    const series = await read(new RunSeries(folder));
    assert.deepEqual([...series.rows('train').columns.loss!.mean], [1, 2]);
    assert.deepEqual([...series.rows('train').seconds], [1, 4]);
    assert.deepEqual([...series.rows('validation').columns.accuracy!.mean], [0.5]);
  });

  it('counts damaged lines, those that go back and endless ones, and reads on behind them', async () => {
    const good = trainLine({ step: 10 });
    const torn = trainLine({ step: 15 }).slice(0, 40);
    const fraction = trainLine({ step: 16 }).replace('"step":16', '"step":16.5');
    const later = '{"kind":"weather","seq":3}\n';
    fs.writeFileSync(
      file,
      `${good}${torn}\n${fraction}${later}${trainLine({ step: 5 })}${'x'.repeat(3 << 20)}\n${trainLine({ step: 20 })}`,
    );
    const series = await read(new RunSeries(folder));
    assert.deepEqual([...series.rows('train').step], [10, 20]);
    assert.equal(series.state.damaged, 4);
  });

  it('waits for the rest of a torn last line', async () => {
    const line = trainLine({ step: 20 });
    fs.writeFileSync(file, trainLine({ step: 10 }) + line.slice(0, 30));
    const series = await read(new RunSeries(folder));
    assert.deepEqual([...series.rows('train').step], [10]);
    fs.appendFileSync(file, line.slice(30));
    assert.deepEqual([...(await read(series)).rows('train').step], [10, 20]);
    assert.equal(series.state.damaged, 0);
  });

  it('tells followers only what has changed, down to nothing', async () => {
    fs.writeFileSync(file, trainLine({ step: 10 }) + trainLine({ step: 20 }));
    const series = await read(new RunSeries(folder));
    const follower = new Follower();
    series.followers.add(follower);
    const next = (): TableChange | undefined => series.changes(follower, ['train', 'hooks'])[0];
    assert.equal(next()?.keep, 0);
    assert.equal(next(), undefined);
    fs.appendFileSync(file, trainLine({ step: 30 }));
    await read(series);
    const change = next();
    assert.equal(change?.keep, 2);
    assert.deepEqual(lossOf(change), [3]);
    fs.appendFileSync(file, attemptLine(2, 15, 0));
    await read(series);
    const cut = next();
    assert.equal(cut?.keep, 1);
    assert.deepEqual(lossOf(cut), []);
  });

  it('starts over when the file is replaced, shrinks, is rewritten in place or goes', async () => {
    fs.writeFileSync(file, trainLine({ step: 10 }) + trainLine({ step: 20 }));
    const series = await read(new RunSeries(folder));
    const follower = new Follower();
    series.followers.add(follower);
    let page: number[] = [];
    const look = async (): Promise<number[]> => {
      await read(series);
      page = applied(page, series.changes(follower, ['train'])[0]);
      return page;
    };
    assert.deepEqual(await look(), [1, 2]);
    fs.writeFileSync(file, trainLine({ step: 30 }));
    assert.deepEqual(await look(), [3]);
    fs.writeFileSync(file, trainLine({ step: 40 }) + trainLine({ step: 50 }));
    assert.deepEqual(await look(), [4, 5]);
    fs.writeFileSync(`${file}.new`, trainLine({ step: 60 }) + trainLine({ step: 70 }));
    fs.renameSync(`${file}.new`, file);
    assert.deepEqual(await look(), [6, 7]);
    fs.rmSync(file);
    assert.deepEqual(await look(), []);
  });

  it('condenses many lines to mean, lowest and highest, and sends only the rows that moved', async () => {
    const lines = MOST_ROWS + 1;
    const text = Array.from({ length: lines }, (_, index) => trainLine({ step: index + 1, loss: index }));
    fs.writeFileSync(file, text.join(''));
    const series = await read(new RunSeries(folder));
    const follower = new Follower();
    series.followers.add(follower);
    const [whole] = series.changes(follower, ['train']);
    const { rows } = whole!;
    assert.equal(rows.linesPerRow, 2);
    assert.equal(rows.step.length, Math.ceil(lines / 2));
    assert.deepEqual([...rows.step.slice(0, 2)], [2, 4]);
    assert.equal(rows.step.at(-1), lines);
    assert.deepEqual([...rows.columns.loss!.mean.slice(0, 2)], [0.5, 2.5]);
    assert.deepEqual([...rows.columns.loss!.low!.slice(0, 2)], [0, 2]);
    assert.deepEqual([...rows.columns.loss!.high!.slice(0, 2)], [1, 3]);
    fs.appendFileSync(file, trainLine({ step: lines + 1, loss: lines }));
    await read(series);
    const [change] = series.changes(follower, ['train']);
    assert.equal(change?.keep, MOST_ROWS / 2);
    assert.deepEqual(lossOf(change), [(lines - 1 + lines) / 2]);
  });

  it('finds the lines of a stretch of an axis, one more at either end', async () => {
    const text = Array.from({ length: 10 }, (_, index) => trainLine({ step: 10 * (index + 1) }));
    fs.writeFileSync(file, text.join(''));
    const table = (await read(new RunSeries(folder))).table('train');
    assert.deepEqual(table.range('step', 35, 60), { first: 2, end: 7 });
    assert.deepEqual(table.range('epoch', -1, 99), { first: 0, end: 10 });
    assert.deepEqual([...table.rows(1, 2, 4).step], [30, 40]);
  });

  it('tells the pace of the current attempt', async () => {
    fs.writeFileSync(
      file,
      attemptLine(1, 0, 0) +
        trainLine({ step: 100, time: 50_000 }) +
        attemptLine(2, 100, 900_000) +
        trainLine({ attempt: 2, step: 200, time: 910_000 }) +
        trainLine({ attempt: 2, step: 300, time: 916_000 }),
    );
    const { latest } = (await read(new RunSeries(folder))).state;
    assert.equal(latest?.epoch, 3);
    assert.equal(latest?.secondsPerEpoch, 6);
  });

  it('tells the pace of the current stage, and draws no curve of stages', async () => {
    fs.writeFileSync(
      file,
      attemptLine(1, 0, 0) +
        trainLine({ stage: 0, step: 100, time: 10_000 }) +
        trainLine({ stage: 0, step: 200, time: 11_000 }) +
        trainLine({ stage: 1, step: 300, time: 20_000 }) +
        trainLine({ stage: 1, step: 400, time: 29_000 }),
    );
    const series = await read(new RunSeries(folder));
    assert.equal(series.state.latest?.secondsPerEpoch, 9);
    const columns = Object.keys(series.rows('train').columns);
    assert.ok(columns.includes('loss') && !columns.includes('stage'), columns.join());
  });
});

describe('lines a row', () => {
  it('is the smallest power of two that gives few enough rows', () => {
    assert.equal(linesPerRow(0), 1);
    assert.equal(linesPerRow(MOST_ROWS), 1);
    assert.equal(linesPerRow(MOST_ROWS + 1), 2);
    assert.equal(linesPerRow(1_000_000), 512);
  });
});
