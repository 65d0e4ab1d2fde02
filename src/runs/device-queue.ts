import { setTimeout as wait } from 'node:timers/promises';
import { retortHome } from '../common/home';
import { lockHolder, takeLock } from './lock';
import { processIdentity, whereIs } from './processes';
import { type Device, QueueFolder, ticketName } from './queue-folder';

/**
 * The queue for a device, without an owner: files in the user's own folder, looked at by those who wait. Each has a
 * ticket, the first live one takes the next free slot. What a dead process has left, ticket or slot, does not count.
 */
export interface DeviceSlot {
  release(): Promise<void>;
}

export interface DeviceQueueOptions {
  /**
   * Called at every look while others are in front, with their number, those at work included, and the time as of
   * which it waits.
   */
  readonly onWaiting?: (ahead: number, since: number) => void;
  /** The place that a run had which comes again: the time that `onWaiting` told. Default: behind all others. */
  readonly since?: number | undefined;
  /** Leaves the queue; `waitForDevice` then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds between looks. */
  readonly interval?: number;
  /** The user's own folder; default: `retortHome()`. */
  readonly home?: string;
}

/** Waits for the device's turn to come to this process, which works on a run; `run` is the run's folder. */
export async function waitForDevice(
  device: Device,
  run: string,
  { onWaiting, since: hadSince, signal, interval = 500, home = retortHome() }: DeviceQueueOptions = {},
): Promise<DeviceSlot> {
  const queue = await QueueFolder.of(home, device);
  await queue.make();
  const since = hadSince ?? (await queue.nextArrival());
  const name = ticketName(since, run);
  const ticket = { name, run, holder: (await processIdentity())! };
  queue.write('waiting', ticket);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const ahead = (await queue.tickets('waiting')).findIndex((other) => other.name === name);
      const working = await countWorking(queue);
      const release = ahead <= 0 && working < (await queue.limit()) ? await takeFreeSlot(queue) : undefined;
      if (release !== undefined) {
        queue.write('working', ticket);
        return {
          release: async () => {
            await queue.remove('working', name);
            release();
          },
        };
      }
      onWaiting?.(Math.max(0, ahead) + working, since);
      await wait(interval, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await queue.remove('waiting', name);
  }
}

async function takeFreeSlot(queue: QueueFolder): Promise<(() => void) | undefined> {
  const limit = await queue.limit();
  for (let number = 1; number <= limit; number++) {
    const lock = await takeLock(queue.slot(number));
    if ('release' in lock) return () => lock.release();
  }
  return undefined;
}

async function countWorking(queue: QueueFolder): Promise<number> {
  let count = 0;
  for (const slot of await queue.slots()) {
    const holder = await lockHolder(slot);
    if (holder !== undefined && (await whereIs(holder)) !== 'gone') count++;
  }
  return count;
}
