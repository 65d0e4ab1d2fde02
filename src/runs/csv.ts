import type { RunFolder } from './folder';
import { MetricReader } from './metrics';
import type { MetricLine } from './types';

/** Characters that are written at once. */
const PART = 1 << 16;

type Cell = string | number | null | undefined;

/** The columns before those of the loss terms and hooks, and what stands in them. */
const columns: Readonly<Record<string, (line: MetricLine) => Cell>> = {
  kind: (line) => line.kind,
  attempt: (line) => line.attempt,
  seq: (line) => line.seq,
  step: (line) => line.step,
  epoch: (line) => line.epoch,
  time: (line) => new Date(line.time).toISOString(),
  loss: (line) => ('loss' in line ? line.loss : undefined),
  accuracy: (line) => ('accuracy' in line ? line.accuracy : undefined),
  lr: (line) => (line.kind === 'train' ? line.lr : undefined),
  imagesPerSecond: (line) => (line.kind === 'train' ? line.imagesPerSecond : undefined),
  dataWait: (line) => (line.kind === 'train' ? line.dataWait : undefined),
  residentBytes: (line) => (line.kind === 'train' ? line.memory?.resident : undefined),
  deviceBytes: (line) => (line.kind === 'train' ? line.memory?.device : undefined),
};

/**
 * A run's metrics as CSV (RFC 4180): a row for each line that counts, a column for each entry, each loss term and each
 * figure of a hook or a further teacher; times in ISO 8601. A part at a time: a long run holds nobody up and needs no memory.
 */
export async function* readMetricsCsv(run: RunFolder): AsyncGenerator<string> {
  const names = new Set<string>();
  const resumedFrom: number[] = [];
  const first = new MetricReader(run);
  let last = -1;
  for await (const line of first.read()) {
    last = line.seq;
    if (line.kind === 'attempt') resumedFrom.push(line.step);
    else for (const name of Object.keys(furtherOf(line))) names.add(name);
  }
  const columnNames = [...names];
  let part = csvRow([...Object.keys(columns), ...columnNames]);
  let attempts = 0;
  for await (const line of new MetricReader(run).read()) {
    if (line.seq > last) break;
    if (line.kind === 'attempt') attempts += 1;
    // The attempt rule: what later attempts have gone back before does not count.
    else if (resumedFrom.slice(attempts).every((step) => line.step <= step)) part += rowOf(line, columnNames);
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  yield part;
}

function rowOf(line: MetricLine, names: readonly string[]): string {
  const further = furtherOf(line);
  return csvRow([
    ...Object.values(columns).map((column) => column(line)),
    ...names.map((name) => further[name]),
  ]);
}

/** A row as RFC 4180 has it. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\r\n`;
}

/** What a line has beside the fixed columns, under the names of its columns. */
function furtherOf(line: MetricLine): Record<string, Cell> {
  if (line.kind === 'train') return prefixed('term', line.terms);
  if (line.kind === 'teachers') {
    const teachers = Object.entries(line.teachers).map(([name, score]) => prefixed(`teacher ${name}`, score));
    return Object.assign({}, ...teachers) as Record<string, Cell>;
  }
  if (line.kind !== 'hooks') return {};
  const hooks = Object.entries(line.hooks).map(([name, figures]) => prefixed(`hook ${name}`, figures));
  return Object.assign({}, ...hooks) as Record<string, Cell>;
}

function prefixed(prefix: string, values: Readonly<Record<string, Cell>>): Record<string, Cell> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value]));
}

function field(value: Cell): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
