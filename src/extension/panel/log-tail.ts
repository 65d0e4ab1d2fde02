import type { LogTail } from '../../protocol/panel-sections';
import { openInside } from '../../runs/inside';

/** So much of a log is shown. */
const MOST_BYTES = 256 << 10;
const MOST_LINES = 2000;
const NEWLINE = 10;

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
  const end = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
  const first = begin === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
  let start = end;
  for (let lines = 0; lines < MOST_LINES && start > first; lines++) {
    const before = bytes.lastIndexOf(NEWLINE, start - (lines === 0 ? 1 : 2));
    start = Math.max(first, before + 1);
  }
  const text = bytes.toString('utf8', start, end);
  return { skippedBytes: begin + start, lines: text === '' ? [] : text.split(/\r?\n/) };
}
