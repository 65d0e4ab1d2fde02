import * as path from 'node:path';
import { InputError } from '../common/errors';
import { retortHome } from '../common/home';
import type { ReadableRun } from './folder';
import { byPlace, type Device, devices, type HeldTicket, QueueFolder, ticketName } from './queue-folder';

export { type Device, devices } from './queue-folder';

/** A run of this machine, of whatever workspace, that works on a device or waits for it. */
export interface QueueEntry {
  /** The run's folder. */
  readonly run: string;
  readonly runId: string;
  readonly state: 'working' | 'waiting';
  /** 1 for the run that is next; 0 for one that works. */
  readonly position: number;
}

export interface DeviceQueue {
  readonly device: Device;
  /** How many runs may work at once. */
  readonly limit: number;
  /** Those at work, then those that wait, the next one first. */
  readonly entries: readonly QueueEntry[];
}

interface QueueOptions {
  /** The user's own folder; default: `retortHome()`. */
  readonly home?: string;
}

/** Who works and who waits on this machine, for each device. */
export async function listQueue({ home = retortHome() }: QueueOptions = {}): Promise<DeviceQueue[]> {
  return Promise.all(
    devices.map(async (device) => {
      const queue = await QueueFolder.of(home, device);
      // In this order: a run that goes from waiting to work meanwhile is seen twice, and not missed.
      const waiting = await queue.tickets('waiting');
      const working = await queue.tickets('working');
      const still = waiting.filter(({ name }) => !working.some((other) => other.name === name));
      const entries = [
        ...working.map((ticket) => entryOf(ticket, 0)),
        ...still.map((ticket, index) => entryOf(ticket, index + 1)),
      ];
      return { device, limit: await queue.limit(), entries };
    }),
  );
}

function entryOf({ run }: HeldTicket, position: number): QueueEntry {
  return { run, runId: path.basename(run), state: position === 0 ? 'working' : 'waiting', position };
}

/** Puts runs whose processes are gone in the order of the places that they had in the queue; new ones come last. */
export async function inQueueOrder(
  runs: readonly ReadableRun[],
  { home = retortHome() }: QueueOptions = {},
): Promise<ReadableRun[]> {
  const queues = await Promise.all(devices.map((device) => QueueFolder.of(home, device)));
  const compare = byPlace((await Promise.all(queues.map((queue) => queue.order()))).flat());
  const ticketOf = ({ run, info }: ReadableRun): string =>
    ticketName(info.queuedAt ?? Number.MAX_SAFE_INTEGER, run.folder);
  return [...runs].sort((one, other) => compare(ticketOf(one), ticketOf(other)));
}

export const moves = ['front', 'up', 'down', 'back'] as const;
export type QueueMove = (typeof moves)[number];

/** Moves a run (its folder) among those that wait for the same device. `InputError` if it does not wait. */
export async function moveInQueue(
  run: string,
  move: QueueMove,
  { home = retortHome() }: QueueOptions = {},
): Promise<void> {
  for (const device of devices) {
    const queue = await QueueFolder.of(home, device);
    const tickets = await queue.tickets('waiting');
    const from = tickets.findIndex((ticket) => ticket.run === run);
    if (from < 0) continue;
    const last = tickets.length - 1;
    const to = { front: 0, up: Math.max(0, from - 1), down: Math.min(last, from + 1), back: last }[move];
    const names = tickets.map((ticket) => ticket.name);
    names.splice(to, 0, ...names.splice(from, 1));
    return queue.arrange(names);
  }
  throw new InputError(`Run ${path.basename(run)} does not wait for a device`);
}

/** Sets how many runs may work on a device at once, 1 to 99; those at work go on. `InputError` for other numbers. */
export async function setQueueLimit(
  device: Device,
  limit: number,
  { home = retortHome() }: QueueOptions = {},
): Promise<void> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 99) {
    throw new InputError(`${limit} runs at a time are impossible; give a whole number from 1 to 99`);
  }
  const queue = await QueueFolder.of(home, device);
  await queue.make();
  queue.setLimit(limit);
}
