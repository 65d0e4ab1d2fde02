import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import { promisify } from 'node:util';
import { errorCode } from '../common/errors';
import type { ProcessIdentity } from './types';

/** What the system says about a running process. */
interface RunningProcess {
  /** Start time in the system's own form. */
  readonly started: string;
  readonly commandLine: string;
}

/** The identity of a running process of this machine, by default of this one; undefined if there is no such process. */
export async function processIdentity(pid = process.pid): Promise<ProcessIdentity | undefined> {
  const [running, machine] = await Promise.all([findProcess(pid), thisMachine()]);
  return running && { ...machine, pid, started: running.started };
}

/** Where a process is, seen from here: `elsewhere` is another host or container, about which we cannot ask. */
export async function whereIs(identity: ProcessIdentity): Promise<'alive' | 'gone' | 'elsewhere'> {
  const machine = await thisMachine();
  if (identity.host !== machine.host) return 'elsewhere';
  if (identity.boot !== machine.boot) return 'gone';
  if (identity.namespace !== machine.namespace) return 'elsewhere';
  if (!pidExists(identity.pid)) return 'gone';
  return (await isSame(identity)) ? 'alive' : 'gone';
}

/** So long a process that was found to be the one in question is taken for it while its pid exists. */
const TRUST_MS = 10_000;
const found = new Map<string, number>();

/** Asking for the start time starts a program on macOS and Windows, too dear for whoever follows a run. */
async function isSame({ pid, started }: ProcessIdentity): Promise<boolean> {
  const key = `${pid} ${started}`;
  if (performance.now() - (found.get(key) ?? -Infinity) < TRUST_MS) return true;
  const isIt = (await findProcess(pid))?.started === started;
  if (isIt) found.set(key, performance.now());
  else found.delete(key);
  return isIt;
}

/** The command line of a process that is alive on this machine, else undefined. */
export async function commandLineOf(identity: ProcessIdentity): Promise<string | undefined> {
  if ((await whereIs(identity)) !== 'alive') return undefined;
  const running = await findProcess(identity.pid);
  return running?.started === identity.started ? running.commandLine : undefined;
}

type Machine = Pick<ProcessIdentity, 'host' | 'boot' | 'namespace'>;

let machine: Promise<Machine> | undefined;

function thisMachine(): Promise<Machine> {
  return (machine ??= readMachine());
}

async function readMachine(): Promise<Machine> {
  const host = os.hostname();
  if (process.platform === 'linux') {
    const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // Where this cannot be read, all processes count as of one namespace.
    const namespace = await fs.readlink('/proc/self/ns/pid').catch(() => '');
    return { host, boot: boot.trim(), namespace };
  }
  if (process.platform === 'win32') {
    // The time of boot as Windows states it moves with the clock; process 4 started with the system and does not.
    return { host, boot: `${(await findWindowsProcess(4))?.started}` };
  }
  return { host, boot: await output('sysctl', ['-n', 'kern.bootsessionuuid']) };
}

async function findProcess(pid: number): Promise<RunningProcess | undefined> {
  try {
    if (process.platform === 'linux') return await findLinuxProcess(pid);
    if (process.platform === 'win32') return await findWindowsProcess(pid);
    return await findUnixProcess(pid);
  } catch (error) {
    // Gone, or gone while we looked.
    if (!pidExists(pid)) return undefined;
    throw error;
  }
}

async function findLinuxProcess(pid: number): Promise<RunningProcess | undefined> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8');
  // proc(5): the second field, the name in parentheses, may hold anything; state is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  if (started === undefined || state === 'Z' || state === 'X') return undefined;
  const commandLine = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8');
  return { started, commandLine: commandLine.split('\0').join(' ').trim() };
}

async function findUnixProcess(pid: number): Promise<RunningProcess | undefined> {
  // `lstart` has a fixed width of 24 characters in the C locale.
  const line = await output('ps', ['-ww', '-o', 'lstart=,stat=,command=', '-p', String(pid)]);
  const [, started, state, commandLine] = /^(.{24})\s+(\S+)\s+(.*)$/s.exec(line) ?? [];
  if (started === undefined || commandLine === undefined || state?.startsWith('Z')) return undefined;
  return { started, commandLine };
}

async function findWindowsProcess(pid: number): Promise<RunningProcess | undefined> {
  const answer = await powershell(
    `Get-CimInstance Win32_Process -Filter "ProcessId=${pid}" | ForEach-Object { "$($_.CreationDate.ToUniversalTime().Ticks) $($_.CommandLine)" }`,
  );
  const [, started, commandLine] = /^(\d+) (.*)$/s.exec(answer) ?? [];
  return started === undefined || commandLine === undefined ? undefined : { started, commandLine };
}

function pidExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and is somebody else's.
    return errorCode(error) === 'EPERM';
  }
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
  });
  return stdout.trim();
}

function powershell(script: string): Promise<string> {
  return output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);
}
