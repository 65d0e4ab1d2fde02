import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { errorCode, InputError, messageOf } from '../common/errors';
import { makeFolder, writeFileAtomic, writeJsonAtomic } from '../common/files';
import { readJsonInside } from './inside';
import { processIdentity, whereIs } from './processes';
import { ProcessIdentity } from './types';

/** What runs queue for. */
export const devices = ['cpu', 'gpu'] as const;
export type Device = (typeof devices)[number];

/** A run that waits for a device, or works on it: its folder, and the process that does so. */
const Ticket = Type.Object({ run: Type.String(), holder: ProcessIdentity });
type Ticket = Static<typeof Ticket>;

export interface HeldTicket extends Ticket {
  readonly name: string;
}

/** See `ticketName`. */
const TICKET_NAME = /^(\d+)-[0-9a-f]+$/;

/**
 * Milliseconds since 1970 and an ending of the run's own: sorted by name is sorted by arrival, and a run that comes
 * again as of the same time has the same place, also in an order that a person has arranged.
 */
export function ticketName(since: number, run: string): string {
  return `${since}-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`;
}

/** Compares tickets by their places: those that a person has arranged come first, the others as they arrived. */
export function byPlace(order: readonly string[]): (one: string, other: string) => number {
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return (one, other) => place(one) - place(other) || (one < other ? -1 : 1);
}

/**
 * The files of one device's queue in the user's own folder: `waiting/` and `working/` with a ticket for each run,
 * `slots/` with a lock for each run that may work at once, `limit` with their number (1 without that file), and
 * `order`, the tickets as a person has arranged them.
 */
export class QueueFolder {
  private constructor(readonly folder: string) {}

  /** Processes that cannot see each other (other hosts with the same home, other containers) queue apart. */
  static async of(home: string, device: Device): Promise<QueueFolder> {
    const { host, namespace } = (await processIdentity())!;
    const machine = [host, namespace].filter(Boolean).join(' ');
    return new QueueFolder(path.join(home, 'queue', encodeURIComponent(machine), device));
  }

  /** Throws `InputError` where the user's own folder cannot be written. */
  async make(): Promise<void> {
    try {
      for (const inner of ['waiting', 'working', 'slots']) {
        await makeFolder(path.join(this.folder, inner), 0o700);
      }
    } catch (error) {
      throw new InputError(
        `${this.folder}: the queue of runs cannot be kept there (${messageOf(error)}); set RETORT_HOME to a folder of yours`,
      );
    }
  }

  slot(number: number): string {
    return path.join(this.folder, 'slots', String(number));
  }

  /** All slots that have ever been used, those beyond the limit too. */
  async slots(): Promise<string[]> {
    const names = await namesIn(path.join(this.folder, 'slots'));
    return names.filter((name) => /^[1-9]\d?$/.test(name)).map((name) => this.slot(Number(name)));
  }

  /** Now, in milliseconds since 1970; behind all that wait, also after the clock was set back. */
  async nextArrival(): Promise<number> {
    const names = await namesIn(path.join(this.folder, 'waiting'));
    const times = names.map((name) => Number(TICKET_NAME.exec(name)?.[1] ?? 0));
    return Math.max(Date.now(), ...times.map((time) => time + 1));
  }

  write(state: 'waiting' | 'working', { name, ...ticket }: HeldTicket): void {
    writeJsonAtomic(path.join(this.folder, state, name), ticket);
  }

  async remove(state: 'waiting' | 'working', name: string): Promise<void> {
    await fs.rm(path.join(this.folder, state, name), { force: true });
  }

  /** The tickets of live processes, the next one first; those of dead ones are removed. */
  async tickets(state: 'waiting' | 'working'): Promise<HeldTicket[]> {
    const held: HeldTicket[] = [];
    for (const name of await this.arranged(state)) {
      const ticket = await readJsonInside(this.folder, [state, name], Ticket);
      if (ticket === undefined) continue;
      if ((await whereIs(ticket.holder)) === 'alive') held.push({ name, ...ticket });
      else await this.remove(state, name);
    }
    return held;
  }

  /** Puts the tickets that wait in this order; those that come later wait behind them. */
  arrange(names: readonly string[]): void {
    writeJsonAtomic(path.join(this.folder, 'order'), names);
  }

  /** The tickets as they were arranged, also of those that are gone. */
  async order(): Promise<readonly string[]> {
    return (await readJsonInside(this.folder, ['order'], Type.Array(Type.String()))) ?? [];
  }

  /** How many runs may work at once; `InputError` naming the file if it holds something else. */
  async limit(): Promise<number> {
    const file = path.join(this.folder, 'limit');
    try {
      const text = (await fs.readFile(file, 'utf8')).trim();
      if (/^[1-9]\d?$/.test(text)) return Number(text);
      throw new InputError(`${file} holds "${text}" instead of a number from 1 to 99; correct or remove it`);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 1;
      throw error;
    }
  }

  setLimit(limit: number): void {
    writeFileAtomic(path.join(this.folder, 'limit'), `${limit}\n`);
  }

  private async arranged(state: 'waiting' | 'working'): Promise<string[]> {
    const names = (await namesIn(path.join(this.folder, state))).filter((name) => TICKET_NAME.test(name));
    return names.sort(byPlace(await this.order()));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
