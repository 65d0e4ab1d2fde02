import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, InputError } from '../common/errors';
import { writeJsonAtomic } from '../common/files';
import { retortHome } from '../common/home';
import { readJsonInside } from './inside';
import { type Lock, lockHolder, takeLock } from './lock';
import { processIdentity, whereIs } from './processes';
import { ProcessIdentity } from './types';

/**
 * The queue for a device, without an owner: files in the user's own folder, looked at by those who wait. Each has a
 * ticket, the lowest live one takes the next free slot. What a dead process has left, ticket or slot, does not count.
 */
export interface DeviceSlot {
  release(): void;
}

export interface DeviceQueueOptions {
  /** Called at every look while others are in front, with their number, those at work included. */
  readonly onWaiting?: (ahead: number) => void;
  /** Leaves the queue; `waitForDevice` then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds between looks. */
  readonly interval?: number;
  /** The user's own folder; default: `retortHome()`. */
  readonly home?: string;
}

/** Waits for the device's turn to come to this process; how many may work at once says the device's file `limit`. */
export async function waitForDevice(
  device: string,
  { onWaiting, signal, interval = 500, home = retortHome() }: DeviceQueueOptions = {},
): Promise<DeviceSlot> {
  const self = (await processIdentity())!;
  const folder = deviceFolder(home, self, device);
  for (const inner of ['tickets', 'slots']) {
    await fs.mkdir(path.join(folder, inner), { recursive: true, mode: 0o700 });
  }
  const ticket = `${Date.now()}-${randomBytes(4).toString('hex')}`;
  writeJsonAtomic(path.join(folder, 'tickets', ticket), self);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const before = await ticketsBefore(folder, ticket);
      const slots = await slotFolders(folder);
      const slot = before === 0 ? await takeFreeSlot(slots) : undefined;
      if (slot !== undefined) return slot;
      onWaiting?.(before + (await countBusy(slots)));
      await wait(interval, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await fs.rm(path.join(folder, 'tickets', ticket), { force: true });
  }
}

/** Processes that cannot see each other (other hosts with the same home, other containers) queue apart. */
function deviceFolder(home: string, { host, namespace }: ProcessIdentity, device: string): string {
  const machine = [host, namespace].filter(Boolean).join(' ');
  return path.join(home, 'queue', encodeURIComponent(machine), encodeURIComponent(device));
}

async function ticketsBefore(folder: string, own: string): Promise<number> {
  let count = 0;
  for (const name of await fs.readdir(path.join(folder, 'tickets'))) {
    if (!/^\d+-[0-9a-f]+$/.test(name) || name >= own) continue;
    const holder = await readJsonInside(folder, ['tickets', name], ProcessIdentity);
    if (holder === undefined) continue;
    if ((await whereIs(holder)) === 'alive') count++;
    else await fs.rm(path.join(folder, 'tickets', name), { force: true });
  }
  return count;
}

async function slotFolders(folder: string): Promise<string[]> {
  const limit = await readLimit(path.join(folder, 'limit'));
  return Array.from({ length: limit }, (_, index) => path.join(folder, 'slots', String(index + 1)));
}

async function readLimit(file: string): Promise<number> {
  try {
    const text = (await fs.readFile(file, 'utf8')).trim();
    if (/^[1-9]\d?$/.test(text)) return Number(text);
    throw new InputError(`${file} holds "${text}" instead of a number from 1 to 99; correct or remove it`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 1;
    throw error;
  }
}

async function takeFreeSlot(slots: readonly string[]): Promise<Lock | undefined> {
  for (const slot of slots) {
    const lock = await takeLock(slot);
    if ('release' in lock) return lock;
  }
  return undefined;
}

async function countBusy(slots: readonly string[]): Promise<number> {
  const holders = await Promise.all(slots.map(lockHolder));
  return holders.filter((holder) => holder !== undefined).length;
}
