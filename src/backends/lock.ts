import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode } from '../common/errors';
import { writeJsonAtomic } from '../common/files';
import type { InstallableBackend } from './backend';
import { backendsFolder } from './installed';

/** Who installs or removes a backend. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's own form; empty where that is not simple to learn. */
  readonly started: string;
}

/** Held by this process until it is released, or by another one. */
export type BackendLock = { readonly release: () => void } | { readonly heldBy: Holder };

/** Where the lock of a backend is: a folder with its holder in it, renamed there whole. */
export function lockFolder(backend: InstallableBackend): string {
  return path.join(backendsFolder(), `.${backend}-lock`);
}

/** Takes the lock of a backend, from a dead holder too. */
export function lockBackend(backend: InstallableBackend): BackendLock {
  fs.mkdirSync(backendsFolder(), { recursive: true, mode: 0o700 });
  const folder = lockFolder(backend);
  const aside = fs.mkdtempSync(`${folder}-`);
  try {
    const holder: Holder = { pid: process.pid, host: os.hostname(), started: startTime(process.pid) };
    writeJsonAtomic(path.join(aside, 'holder.json'), holder);
    for (;;) {
      try {
        // Fails where the folder is there already: it is not empty.
        fs.renameSync(aside, folder);
        return { release: () => fs.rmSync(folder, { recursive: true, force: true }) };
      } catch (error) {
        const heldBy = readHolder(folder);
        if (heldBy && isAlive(heldBy)) return { heldBy };
        if (!heldBy && !fs.existsSync(folder)) throw error;
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
}

function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'holder.json'), 'utf8')) as Holder;
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
