/**
 * How soon the panel shows a run of a million metric lines, and how long the extension host is held up meanwhile: the
 * panel's collector, the thread that reads for it, and the messages as they are posted to the page.
 * Writes bench/results/panel-load.md.
 *
 *   npm run build && npx tsx bench/panel-load.ts
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { packageRoot } from '../src/common/files';
import { randomSource } from '../src/common/random';
import { RunLooker } from '../src/extension/common/run-looker';
import { Collector, type Parts } from '../src/extension/panel/collector';
import { ReaderClient } from '../src/extension/panel/reader/client';
import { DEFAULT_VIEW } from '../src/protocol/panel';
import type { Rows } from '../src/protocol/panel-charts';
import { createRun, type RunFolder } from '../src/runs/folder';
import { acquireRunLock } from '../src/runs/run-lock';
import { RunWriter } from '../src/runs/writer';
import { sampleRecipe } from '../test/unit/runs-helpers';
import { describeMachine } from './machine';

const LINES = 1_000_000;
const STEPS_PER_LINE = 10;
const STEPS_PER_EPOCH = 782;
const RUNS = 5;
/** As the panel itself waits between two updates. */
const INTERVAL = 250;

interface Measured {
  readonly firstMs: number;
  readonly wholeMs: number;
  readonly processorMs: number;
  readonly held: Held;
  readonly followMs: number;
}

async function main(): Promise<void> {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-panel-load-')));
  try {
    const retortFolder = path.join(parent, '.retort');
    const run = await makeRun(retortFolder);
    const idle = watchEventLoop();
    await wait(3000);
    const { ms: idleMs } = idle();
    const measured: Measured[] = [];
    for (let repeat = 0; repeat < RUNS; repeat++) measured.push(await measure(retortFolder, run));
    const bytes = fs.statSync(path.join(run.folder, 'metrics.jsonl')).size;
    fs.writeFileSync(
      path.join(packageRoot(), 'bench/results/panel-load.md'),
      describe(bytes, idleMs, measured),
    );
  } finally {
    fs.rmSync(parent, { recursive: true, force: true });
  }
}

/** One panel, from its opening to a line that is added in the end. */
async function measure(retortFolder: string, run: RunFolder): Promise<Measured> {
  const looker = new RunLooker();
  await looker.look([retortFolder], true);
  const store = { all: () => looker.all(), get: (key: string) => looker.get(key) };
  const delay = watchEventLoop();
  const start = performance.now();
  const processor = process.cpuUsage();
  const reader = new ReaderClient();
  const collector = new Collector({ kind: 'run', keys: [run.folder] }, store, reader);
  try {
    let firstMs: number | undefined;
    for (;;) {
      const parts = post(await collector.collect(DEFAULT_VIEW, true));
      firstMs ??= performance.now() - start;
      if (!parts.reading) break;
      await wait(INTERVAL);
    }
    const wholeMs = performance.now() - start;
    const { user, system } = process.cpuUsage(processor);
    const processorMs = (user + system) / 1000;
    addLine(run);
    const before = performance.now();
    const { tables = [] } = post(await collector.collect(DEFAULT_VIEW, true));
    const followMs = performance.now() - before;
    const rows = tables.flatMap((change) => lengthOf(change.rows));
    if (rows.length !== 1 || rows[0]! > 2) throw new Error(`One line changed ${rows.join()} rows`);
    return { firstMs, wholeMs, processorMs, held: delay(), followMs };
  } finally {
    collector.dispose();
    await reader.dispose();
  }
}

/** As VS Code does with a message: it is copied. */
function post(parts: Parts): Parts {
  return structuredClone(parts);
}

function lengthOf({ step }: Rows): number {
  return step.length;
}

interface Held {
  /** The longest that the event loop was away. */
  readonly ms: number;
  /** The longest that this thread itself was at work meanwhile: without waiting for a core. */
  readonly workMs: number;
}

/** Watches the event loop from the call on. */
function watchEventLoop(): () => Held {
  let held: Held = { ms: 0, workMs: 0 };
  let last = { at: performance.now(), work: workOfThisThread() };
  const timer = setInterval(() => {
    const now = { at: performance.now(), work: workOfThisThread() };
    held = {
      ms: Math.max(held.ms, now.at - last.at - 1),
      workMs: Math.max(held.workMs, now.work - last.work),
    };
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return held;
  };
}

/** Processor time of the main thread in milliseconds; Linux alone tells it of one thread. */
function workOfThisThread(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const [nanoseconds] = fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

async function makeRun(retortFolder: string): Promise<RunFolder> {
  const hooks = ['kd', 'tat'].map((method) => ({ method, weight: 0.5, options: {} }));
  const run = await createRun(retortFolder, sampleRecipe({ hooks }));
  const lock = await acquireRunLock(run);
  const writer = await RunWriter.open(lock, { state: 'running' });
  await writer.beginAttempt(0);
  writer.update({ state: 'done', endedAt: new Date().toISOString() });
  writer.close();
  lock.release();
  const random = randomSource('panel-load');
  const file = fs.openSync(path.join(run.folder, 'metrics.jsonl'), 'a');
  let text = '';
  for (let line = 1; line < LINES; line++) {
    text += `${JSON.stringify(trainLine(line, random))}\n`;
    if (text.length < 1 << 22) continue;
    fs.writeSync(file, text);
    text = '';
  }
  fs.writeSync(file, text);
  fs.closeSync(file);
  return run;
}

function addLine(run: RunFolder): void {
  const line = trainLine(LINES + 1, randomSource('one more'));
  fs.appendFileSync(path.join(run.folder, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
}

function trainLine(line: number, random: () => number): object {
  const step = line * STEPS_PER_LINE;
  const [task, kd, tat] = [random(), random(), random()];
  return {
    kind: 'train',
    attempt: 1,
    seq: line,
    step,
    epoch: step / STEPS_PER_EPOCH,
    loss: task + kd + tat,
    terms: { task, kd, tat },
    accuracy: random(),
    lr: 0.1 * random(),
    imagesPerSecond: 1000 * random(),
    dataWait: 0.01 * random(),
    memory: { resident: Math.round(2e9 * random()) },
    time: 1_763_800_000_000 + 120 * line,
  };
}

function describe(bytes: number, idleMs: number, measured: readonly Measured[]): string {
  const rows = measured.map(
    ({ firstMs, wholeMs, processorMs, held, followMs }) =>
      `| ${[firstMs, wholeMs, processorMs, held.ms, held.workMs, followMs].map((value) => value.toFixed(0)).join(' | ')} |`,
  );
  return `# Showing a long run

A run of ${LINES.toLocaleString('en')} metric lines (${(bytes / 1e6).toFixed(0)} MB) opened in the panel, each time with a fresh thread; targets: all of it visible in 2 s, the extension host never held up over 50 ms. Charts fill as the file is read. Where other programs want the cores, a hold is also waiting for one: the column beside it is what the extension host itself did at a stretch.

- Command: \`npm run build && npx tsx bench/panel-load.ts\`
- Machine: ${describeMachine()}
- Longest hold of the event loop in 3 s before, with nothing opened: ${idleMs.toFixed(0)} ms

| first charts, ms | all lines, ms | processor time till then, ms | longest hold of the event loop, ms | longest stretch of own work, ms | a line that is added later, ms |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

void main();
