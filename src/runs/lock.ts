import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { Type } from '@sinclair/typebox';
import { errorCode, InputError } from '../common/errors';
import { makeFolder, writeJsonAtomic } from '../common/files';
import { findInside, readJsonInside } from './inside';
import { processIdentity, whereIs } from './processes';
import { ProcessIdentity } from './types';

/**
 * An exclusive lock that outlives neither its process nor a crash: a folder of numbered claims, of which the highest
 * counts. A claim is made aside, with its holder in it, and renamed to the next number, which only one can do; numbers
 * are never used again, so a dead holder can be replaced without a moment in which two take its place.
 */
export interface Lock {
  readonly holder: ProcessIdentity;
  /** Lets the next one in. */
  release(): void;
}

/** Why a lock was not given: its holder is alive, or on a host that cannot be asked. */
export interface Held {
  readonly by: ProcessIdentity;
  readonly where: 'alive' | 'elsewhere';
}

const Claim = Type.Object({ holder: Type.Union([ProcessIdentity, Type.Null()]) });

/**
 * Takes the lock for this process, from a dead holder too.
 * @param folder a real path, whose parent exists
 * @param evict decides whether a holder elsewhere is replaced; by default it is not
 */
export async function takeLock(
  folder: string,
  evict: (holder: ProcessIdentity) => Promise<boolean> = () => Promise.resolve(false),
): Promise<Lock | Held> {
  await findInside(path.dirname(folder), path.basename(folder));
  await makeFolder(folder);
  const holder = (await processIdentity())!;
  for (;;) {
    const last = await lastClaim(folder);
    if (last.holder !== null) {
      const where = await whereIs(last.holder);
      if (where === 'alive') return { by: last.holder, where };
      if (where === 'elsewhere' && !(await evict(last.holder))) return { by: last.holder, where };
    }
    const number = last.number + 1;
    if (number > 1e9) throw new InputError(`${folder} is damaged; remove it`);
    if (!(await claim(folder, number, holder))) continue;
    // A later claim may have come and cleaned this number away between our look and our claim.
    const numbers = await claimNumbers(folder);
    if (Math.max(...numbers) > number) {
      await discard(folder, String(number));
      continue;
    }
    await clean(folder, number);
    return {
      holder,
      // The number stays, so that it is not used again.
      release: () => writeJsonAtomic(path.join(folder, String(number), 'claim.json'), { holder: null }),
    };
  }
}

/** Who holds a lock, dead or alive; undefined if nobody does. */
export async function lockHolder(folder: string): Promise<ProcessIdentity | undefined> {
  return (await lastClaim(folder)).holder ?? undefined;
}

async function lastClaim(folder: string): Promise<{ number: number; holder: ProcessIdentity | null }> {
  for (;;) {
    const number = Math.max(0, ...(await claimNumbers(folder)));
    if (number === 0) return { number, holder: null };
    const read = await readJsonInside(folder, [String(number), 'claim.json'], Claim);
    if (read !== undefined) return { number, holder: read.holder };
    // Cleaned away since: there is a higher one by now, or it was emptied by hand.
    if (number === Math.max(0, ...(await claimNumbers(folder)))) return { number, holder: null };
  }
}

async function claim(folder: string, number: number, holder: ProcessIdentity): Promise<boolean> {
  const aside = asideOf(folder);
  await fs.mkdir(aside);
  try {
    writeJsonAtomic(path.join(aside, 'claim.json'), { holder });
    // Renaming onto a folder that is not empty fails on every system, each with its own code.
    await fs.rename(aside, path.join(folder, String(number)));
    return true;
  } catch (error) {
    await fs.rm(aside, { recursive: true, force: true });
    if (['EEXIST', 'ENOTEMPTY', 'EPERM', 'EACCES'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

async function claimNumbers(folder: string): Promise<number[]> {
  try {
    const names = await fs.readdir(folder);
    return names.filter((name) => /^[1-9]\d{0,9}$/.test(name)).map(Number);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes lower claims, and what a killed process left aside long ago. */
async function clean(folder: string, current: number): Promise<void> {
  const now = (await fs.stat(path.join(folder, String(current)))).mtimeMs;
  for (const name of await fs.readdir(folder)) {
    const entry = path.join(folder, name);
    const left = name.startsWith('.') && (await fs.stat(entry).catch(() => undefined));
    const isOld = left ? left.mtimeMs < now - 60_000 : Number(name) < current;
    if (isOld) await discard(folder, name);
  }
}

/** At a stroke: in a claim emptied file by file, another process could put its own before the folder is gone. */
async function discard(folder: string, name: string): Promise<void> {
  const aside = asideOf(folder);
  try {
    await fs.rename(path.join(folder, name), aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  await fs.rm(aside, { recursive: true, force: true });
}

function asideOf(folder: string): string {
  return path.join(folder, `.${randomBytes(6).toString('hex')}`);
}
