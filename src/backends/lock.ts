import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode, InputError } from '../common/errors';
import { type InstallableBackend, backendTitles } from './backend';
import { backendsFolder } from './installed';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's own form; empty where that is not simple to learn. */
  readonly started: string;
}

/**
 * Keeps other installs and removals of a backend out until the returned function is called. A dead holder is
 * replaced; that two could do so at once does no harm, since a finished folder is renamed into place whole.
 * Throws `InputError` naming the process that is at it.
 */
export function lockBackend(backend: InstallableBackend): () => void {
  fs.mkdirSync(backendsFolder(), { recursive: true, mode: 0o700 });
  const file = path.join(backendsFolder(), `.${backend}.lock`);
  for (;;) {
    try {
      const holder: Holder = { pid: process.pid, host: os.hostname(), started: startTime(process.pid) };
      fs.writeFileSync(file, JSON.stringify(holder), { flag: 'wx' });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder === undefined || !isAlive(holder)) {
      fs.rmSync(file, { force: true });
      continue;
    }
    const place = holder.host === os.hostname() ? '' : ` on ${holder.host}`;
    throw new InputError(
      `Process ${holder.pid}${place} is installing or removing ${backendTitles[backend]}; wait for it, or end it and delete ${file}`,
    );
  }
}

/** The holder; undefined where the file is gone or its writer died before filling it. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** A process of another host counts as alive: it cannot be asked. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== os.hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  return startTime(pid) === started;
}

function startTime(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): field 22, counted after the name in parentheses, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
