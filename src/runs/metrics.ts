import * as path from 'node:path';
import { Type } from '@sinclair/typebox';
import { InputError } from '../common/errors';
import type { RunFolder } from './folder';
import { openInside, validatorOf } from './inside';
import { AttemptLine, MetricLine } from './types';

/** Lines longer than this are damage, not metrics. */
const LONGEST_LINE = 1 << 20;

export interface Metrics {
  /** In the order written; each step of each kind once, whatever was interrupted and resumed. */
  readonly lines: readonly MetricLine[];
  /** Whole lines that could not be read, by a power cut or an editor. */
  readonly damaged: number;
}

/** A run's metrics. A last line that is still being written, or was torn by a kill, does not count. */
export async function readMetrics(run: RunFolder): Promise<Metrics> {
  const reader = new MetricReader(run);
  let lines: MetricLine[] = [];
  for await (const entry of reader.read()) {
    if (entry.kind === 'attempt') lines = linesBefore(entry, lines);
    else lines.push(entry);
  }
  return { lines, damaged: reader.damaged };
}

/** Whether a run has ever taken a step. */
export async function hasTrained(run: RunFolder): Promise<boolean> {
  for await (const line of new MetricReader(run).read()) if (line.kind === 'train') return true;
  return false;
}

/** The attempt rule: what is left of earlier lines when an attempt goes on after its step. */
export function linesBefore(attempt: AttemptLine, lines: readonly MetricLine[]): MetricLine[] {
  return lines.filter((line) => line.step <= attempt.step);
}

/** Reads `metrics.jsonl` from where the last reading ended. */
export class MetricReader {
  damaged = 0;
  /** Bytes of the whole lines read so far. */
  offset = 0;

  constructor(private readonly run: RunFolder) {}

  async *read(): AsyncGenerator<MetricLine | AttemptLine> {
    const handle = await openInside(this.run.folder, 'metrics.jsonl');
    if (handle === undefined) return;
    try {
      const chunk = Buffer.alloc(1 << 16);
      let rest = Buffer.alloc(0);
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, this.offset + rest.length);
        if (bytesRead === 0) return;
        rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
          const line = parseLine(rest.toString('utf8', 0, end));
          rest = rest.subarray(end + 1);
          this.offset += end + 1;
          if (line === 'damaged') this.damaged++;
          else if (line !== 'unknown') yield line;
        }
        if (rest.length > LONGEST_LINE) {
          throw new InputError(
            `${path.join(this.run.folder, 'metrics.jsonl')} has a line of more than ${LONGEST_LINE} bytes at byte ${this.offset}`,
          );
        }
      }
    } finally {
      await handle.close();
    }
  }
}

/** A line of a metrics file; `unknown`: of a kind that a later version has added. */
export function parseLine(text: string): MetricLine | AttemptLine | 'damaged' | 'unknown' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'damaged';
  }
  if (validatorOf(MetricLine).Check(value) || validatorOf(AttemptLine).Check(value)) return value;
  // A kind that a later version has added is no damage.
  return validatorOf(AnyLine).Check(value) && !KINDS.has(value.kind) ? 'unknown' : 'damaged';
}

const AnyLine = Type.Object({ kind: Type.String(), seq: Type.Integer() });
const KINDS = new Set<string>([
  'train',
  'validation',
  'test',
  'teacher',
  'teachers',
  'hooks',
  'attempt',
] satisfies (MetricLine | AttemptLine)['kind'][]);
