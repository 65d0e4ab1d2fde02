import type { MetricLine } from './types';

type Cell = string | number | null | undefined;

/** The columns before those of the loss terms, and what stands in them. */
const columns: Readonly<Record<string, (line: MetricLine) => Cell>> = {
  kind: (line) => line.kind,
  attempt: (line) => line.attempt,
  seq: (line) => line.seq,
  step: (line) => line.step,
  epoch: (line) => line.epoch,
  time: (line) => new Date(line.time).toISOString(),
  loss: (line) => line.loss,
  accuracy: (line) => line.accuracy,
  lr: (line) => (line.kind === 'train' ? line.lr : undefined),
  imagesPerSecond: (line) => (line.kind === 'train' ? line.imagesPerSecond : undefined),
  dataWait: (line) => (line.kind === 'train' ? line.dataWait : undefined),
};

/** Metrics as CSV (RFC 4180): a row for each line, a column for each entry and each loss term; times in ISO 8601. */
export function metricsToCsv(lines: readonly MetricLine[]): string {
  const terms = [...new Set(lines.flatMap((line) => Object.keys(termsOf(line))))];
  const header = [...Object.keys(columns), ...terms.map((term) => `term ${term}`)];
  const rows = lines.map((line) => [
    ...Object.values(columns).map((column) => column(line)),
    ...terms.map((term) => termsOf(line)[term]),
  ]);
  return [header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function termsOf(line: MetricLine): Record<string, number | null> {
  return line.kind === 'train' ? line.terms : {};
}

function field(value: Cell): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
