import type { LogTail } from '../../protocol/panel-sections';
import { openInside } from '../../runs/inside';

/** So much of a log is shown. */
const MOST_BYTES = 256 << 10;
const MOST_LINES = 2000;

/** The last whole lines of a run's `log.txt`; none where there is none yet. */
export async function readLogTail(folder: string): Promise<LogTail> {
  const handle = await openInside(folder, 'log.txt');
  if (handle === undefined) return { skippedBytes: 0, lines: [] };
  try {
    const { size } = await handle.stat();
    const begin = Math.max(0, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - begin);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, begin);
    return lastLines(bytes.subarray(0, bytesRead), begin);
  } finally {
    await handle.close();
  }
}

/** @param begin where in the file the bytes begin; if not at its start, their first line is a part of one */
export function lastLines(bytes: Buffer, begin: number): LogTail {
  const whole = begin === 0 ? 0 : bytes.indexOf('\n') + 1;
  const lines = bytes.toString('utf8', whole).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const kept = lines.slice(-MOST_LINES);
  const left = Buffer.byteLength(kept.join('\n'));
  const isAll = kept.length === lines.length;
  return {
    skippedBytes: isAll ? begin + whole : begin + Math.max(whole, bytes.length - left - 1),
    lines: kept,
  };
}
