import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { errorCode, InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import type { CheckpointName } from '../recipe/reference';
import type { RunFolder } from './folder';
import { ensureFolderInside, findInside, readInside, readJsonInside } from './inside';

const Manifest = Type.Object({
  version: Type.Literal(1),
  step: Type.Integer({ minimum: 0 }),
  /** The best one of the run when it was written. */
  best: Type.Boolean(),
  /** A person asked for it, so it is kept. */
  requested: Type.Boolean(),
  files: Type.Record(
    Type.String(),
    Type.Object({ bytes: Type.Integer({ minimum: 0 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
  ),
});
type Manifest = Static<typeof Manifest>;

/** Node reads no larger file at once. */
const LARGEST_FILE = 2 ** 31 - 1;
const FILE_NAME = /^[A-Za-z0-9][\w.-]*$/;

export interface CheckpointInfo {
  readonly step: number;
  readonly folder: string;
  /** The best one of the run so far. */
  readonly best: boolean;
  readonly requested: boolean;
  readonly bytes: number;
}

export interface Checkpoint {
  readonly step: number;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** One sentence for each later checkpoint that was damaged and is not used. */
  readonly warnings: readonly string[];
}

/**
 * The checkpoints of a run, `checkpoints/<step>/`: files and a manifest with their hashes, written aside, flushed
 * and renamed, so that a checkpoint is whole or not there.
 */
export class CheckpointStore {
  private readonly folder: string;

  constructor(private readonly run: RunFolder) {
    this.folder = path.join(run.folder, 'checkpoints');
  }

  /**
   * Writes the checkpoint after a finished step, then removes what is not kept: all but the last two, the best and
   * the requested ones. Only for the holder of the run's lock. Throws `InputError` where the disk is full, and leaves
   * the earlier checkpoints as they were.
   */
  async write(
    step: number,
    files: Readonly<Record<string, Uint8Array>>,
    { best = false, requested = false } = {},
  ): Promise<void> {
    await ensureFolderInside(this.run.folder, 'checkpoints');
    await this.removeLeftovers();
    const aside = path.join(this.folder, `.new-${randomBytes(6).toString('hex')}`);
    try {
      const replaced = await this.readManifest(step).catch(() => undefined);
      await fs.mkdir(aside);
      const manifest: Manifest = {
        version: 1,
        step,
        best,
        requested: requested || replaced?.requested === true,
        files: {},
      };
      for (const [index, [name, bytes]] of Object.entries(files).entries()) {
        if (!FILE_NAME.test(name)) throw new Error(`"${name}" is no name for a file of a checkpoint`);
        if (bytes.length > LARGEST_FILE)
          throw new Error(`"${name}" is too large for one file: ${bytes.length} bytes`);
        await writeFlushed(path.join(aside, name), bytes);
        manifest.files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
        failpoint(`checkpoint-after-file-${index + 1}`);
      }
      await writeFlushed(path.join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      failpoint('checkpoint-after-manifest');
      await this.moveIntoPlace(aside, step);
      failpoint('checkpoint-after-rename');
    } catch (error) {
      await fs.rm(aside, { recursive: true, force: true }).catch(() => undefined);
      if (errorCode(error) !== 'ENOSPC' && errorCode(error) !== 'EDQUOT') throw error;
      const isFirst = (await this.list()).length === 0;
      throw new InputError(
        `The disk is full: the checkpoint of step ${step} could not be written to ${this.folder}; free space there and ${isFirst ? 'start again' : 'resume, the earlier checkpoints are intact'}`,
      );
    }
    await this.removeSuperseded();
  }

  /** Whole and damaged ones alike, in the order of their steps; one without a readable manifest is left out. */
  async list(): Promise<CheckpointInfo[]> {
    const manifests: Manifest[] = [];
    for (const step of await this.steps()) {
      const manifest = await this.readManifest(step).catch(() => undefined);
      if (manifest !== undefined) manifests.push(manifest);
    }
    const best = manifests.findLast((manifest) => manifest.best);
    return manifests.map((manifest) => ({
      step: manifest.step,
      folder: path.join(this.folder, String(manifest.step)),
      best: manifest === best,
      requested: manifest.requested,
      bytes: Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0),
    }));
  }

  /**
   * Reads a checkpoint and verifies its hashes. `last` gives the last good one, with a warning for each damaged one
   * after it. Throws `InputError` naming the file where `best` or a certain step is damaged or missing.
   */
  async read(name: CheckpointName): Promise<Checkpoint> {
    if (name === 'last') return this.readLast();
    if (name !== 'best')
      return { ...(await this.readStep(Number(name.slice('step-'.length)))), warnings: [] };
    const best = (await this.list()).find((checkpoint) => checkpoint.best);
    if (best === undefined)
      throw new InputError(`Run ${this.run.id} has no best checkpoint in ${this.folder}`);
    return { ...(await this.readStep(best.step)), warnings: [] };
  }

  private async readLast(): Promise<Checkpoint> {
    const warnings: string[] = [];
    for (const step of (await this.steps()).reverse()) {
      try {
        return { ...(await this.readStep(step)), warnings };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        warnings.push(`The checkpoint of step ${step} is not used: ${messageOf(error)}`);
      }
    }
    throw new InputError([`Run ${this.run.id} has no checkpoint to go on from`, ...warnings].join('. '));
  }

  private async readStep(step: number): Promise<Omit<Checkpoint, 'warnings'>> {
    const manifest = await this.readManifest(step);
    if (manifest === undefined) {
      throw new InputError(`Run ${this.run.id} has no checkpoint of step ${step} in ${this.folder}`);
    }
    const files: Record<string, Uint8Array> = {};
    for (const [name, expected] of Object.entries(manifest.files)) {
      const names = ['checkpoints', String(step), name];
      const file = path.join(this.run.folder, ...names);
      const bytes = FILE_NAME.test(name)
        ? await readInside(this.run.folder, names, expected.bytes)
        : undefined;
      if (bytes === undefined) throw new InputError(`${file} is missing`);
      if (bytes.length !== expected.bytes || sha256(bytes) !== expected.sha256) {
        throw new InputError(`${file} is damaged: its content does not match the hash in manifest.json`);
      }
      files[name] = bytes;
    }
    return { step, files };
  }

  private async readManifest(step: number): Promise<Manifest | undefined> {
    const names = ['checkpoints', String(step), 'manifest.json'];
    const manifest = await readJsonInside(this.run.folder, names, Manifest);
    if (manifest !== undefined && manifest.step !== step) {
      throw new InputError(
        `${path.join(this.run.folder, ...names)} belongs to another step (${manifest.step})`,
      );
    }
    return manifest;
  }

  private async steps(): Promise<number[]> {
    if ((await findInside(this.run.folder, 'checkpoints')) === undefined) return [];
    const names = await fs.readdir(this.folder);
    return names
      .filter((name) => /^(0|[1-9]\d{0,14})$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** A checkpoint of the same step is there already when a damaged one was resumed past. */
  private async moveIntoPlace(aside: string, step: number): Promise<void> {
    await this.remove(step);
    await fs.rename(aside, path.join(this.folder, String(step)));
    await flushFolder(this.folder);
  }

  private async removeSuperseded(): Promise<void> {
    const kept = new Set((await this.steps()).slice(-2));
    for (const checkpoint of await this.list()) {
      if (!kept.has(checkpoint.step) && !checkpoint.best && !checkpoint.requested) {
        await this.remove(checkpoint.step);
      }
    }
  }

  /** Removes a checkpoint at once: a half removed one is never seen. */
  async remove(step: number): Promise<void> {
    const folder = await findInside(this.run.folder, 'checkpoints', String(step));
    if (folder === undefined) return;
    const aside = path.join(this.folder, `.old-${randomBytes(6).toString('hex')}`);
    await fs.rename(folder, aside);
    await fs.rm(aside, { recursive: true, force: true });
  }

  /** What a killed process left aside. */
  private async removeLeftovers(): Promise<void> {
    for (const name of await fs.readdir(this.folder)) {
      if (/^\.(new|old)-/.test(name))
        await fs.rm(path.join(this.folder, name), { recursive: true, force: true });
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeFlushed(file: string, content: string | Uint8Array): Promise<void> {
  const handle = await fs.open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename outlast a power cut; Windows has no such call for folders and needs none. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
