import type { MetricLine } from './types';

type Cell = string | number | null | undefined;

/** The columns before those of the loss terms and hooks, and what stands in them. */
const columns: Readonly<Record<string, (line: MetricLine) => Cell>> = {
  kind: (line) => line.kind,
  attempt: (line) => line.attempt,
  seq: (line) => line.seq,
  step: (line) => line.step,
  epoch: (line) => line.epoch,
  time: (line) => new Date(line.time).toISOString(),
  loss: (line) => (line.kind === 'hooks' ? undefined : line.loss),
  accuracy: (line) => (line.kind === 'hooks' ? undefined : line.accuracy),
  lr: (line) => (line.kind === 'train' ? line.lr : undefined),
  imagesPerSecond: (line) => (line.kind === 'train' ? line.imagesPerSecond : undefined),
  dataWait: (line) => (line.kind === 'train' ? line.dataWait : undefined),
  residentBytes: (line) => (line.kind === 'train' ? line.memory?.resident : undefined),
  deviceBytes: (line) => (line.kind === 'train' ? line.memory?.device : undefined),
};

/**
 * Metrics as CSV (RFC 4180): a row for each line, a column for each entry, each loss term and each figure of a hook;
 * times in ISO 8601.
 */
export function metricsToCsv(lines: readonly MetricLine[]): string {
  const further = lines.map(furtherOf);
  const names = [...new Set(further.flatMap((values) => Object.keys(values)))];
  const header = [...Object.keys(columns), ...names];
  const rows = lines.map((line, index) => [
    ...Object.values(columns).map((column) => column(line)),
    ...names.map((name) => further[index]![name]),
  ]);
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** What a line has beside the fixed columns, under the names of its columns. */
function furtherOf(line: MetricLine): Record<string, Cell> {
  if (line.kind === 'train') return prefixed('term', line.terms);
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
