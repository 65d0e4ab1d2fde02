import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { writeJsonAtomic } from '../common/files';
import { readInfo, type RunFolder } from './folder';
import { checked, ensureFolderInside, findInside, NOFOLLOW } from './inside';
import { MetricReader } from './metrics';
import { takeRequests, type Requests } from './requests';
import type { RunLock } from './run-lock';
import { type AttemptLine, type MetricLine, RunInfo } from './types';

type Without<Line, Key extends PropertyKey> = Line extends unknown ? Omit<Line, Key> : never;

/** A line for `metrics.jsonl`; the writer adds where it stands. */
export type NewMetric = Without<MetricLine, 'attempt' | 'seq' | 'time'>;

/** What may change in `run.json`; undefined removes an entry. */
export type RunPatch = {
  [Key in Exclude<keyof RunInfo, 'version' | 'id' | 'createdAt' | 'attempt'>]?: RunInfo[Key] | undefined;
};

/**
 * Writes a run's folder on behalf of the one process that holds its lock. Its methods are synchronous, so that what
 * they wrote is in the system's hands when they return, and outlives a kill of this process.
 */
export class RunWriter {
  private attemptStarted = false;

  private constructor(
    readonly run: RunFolder,
    private current: RunInfo,
    private seq: number,
    private readonly metrics: AppendOnlyFile,
    private readonly logFile: AppendOnlyFile,
  ) {}

  /**
   * Opens the run for writing: cuts a torn last line off its metrics, and records this process in `run.json`
   * together with the patch.
   */
  static async open(lock: RunLock, patch: RunPatch): Promise<RunWriter> {
    const { run } = lock;
    const info = await readInfo(run);
    await ensureFolderInside(run.folder, 'requests');
    const reader = new MetricReader(run);
    let seq = -1;
    for await (const line of reader.read()) seq = Math.max(seq, line.seq);
    const metrics = await AppendOnlyFile.open(run, 'metrics.jsonl');
    metrics.truncate(reader.offset);
    const writer = new RunWriter(run, info, seq + 1, metrics, await AppendOnlyFile.open(run, 'log.txt'));
    writer.update({ ...patch, process: lock.holder });
    return writer;
  }

  /** `run.json` as it stands. */
  get info(): RunInfo {
    return this.current;
  }

  /** Changes entries of `run.json`, atomically. */
  update(patch: RunPatch): void {
    this.write({ ...this.current, ...patch });
  }

  /**
   * Starts the next attempt after a finished step: 0 for a fresh start, else that of the checkpoint resumed from.
   * Lines of earlier attempts beyond it no longer count.
   */
  beginAttempt(step: number): void {
    const attempt = this.current.attempt + 1;
    this.write({ ...this.current, attempt });
    const line: AttemptLine = { kind: 'attempt', attempt, seq: this.seq++, step, time: Date.now() };
    this.metrics.append(`${JSON.stringify(line)}\n`);
    this.attemptStarted = true;
  }

  /** Appends a whole line. Numbers that are not finite are written as null. */
  appendMetric(metric: NewMetric): void {
    if (!this.attemptStarted) throw new Error('appendMetric comes after beginAttempt');
    const { kind, ...values } = metric;
    const place = { kind, attempt: this.current.attempt, seq: this.seq++ };
    this.metrics.append(`${JSON.stringify({ ...place, ...values, time: Date.now() })}\n`);
  }

  /** Forces the metrics to the disk: before a checkpoint, so that no checkpoint is ahead of them after a power cut. */
  flush(): void {
    this.metrics.flush();
  }

  /** Appends to `log.txt` with the time. */
  log(text: string): void {
    this.logFile.append(`${new Date().toISOString()} ${text.trimEnd()}\n`);
  }

  /** What was asked for since the last call. */
  takeRequests(): Requests {
    return takeRequests(this.run);
  }

  close(): void {
    this.metrics.close();
    this.logFile.close();
  }

  private write(info: Partial<Record<keyof RunInfo, unknown>>): void {
    // As it will be read: without what is undefined, and null for what is not finite.
    const plain: unknown = JSON.parse(JSON.stringify(info));
    this.current = checked(RunInfo, plain, 'run.json');
    writeJsonAtomic(path.join(this.run.folder, 'run.json'), this.current);
  }
}

/** A file that only grows, by whole pieces. */
class AppendOnlyFile {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {}

  static async open(run: RunFolder, name: string): Promise<AppendOnlyFile> {
    await findInside(run.folder, name);
    const file = path.join(run.folder, name);
    const { O_APPEND, O_CREAT, O_WRONLY } = fs.constants;
    const descriptor = fs.openSync(file, O_APPEND | O_CREAT | O_WRONLY | NOFOLLOW, 0o666);
    if (!fs.fstatSync(descriptor).isFile()) {
      fs.closeSync(descriptor);
      throw new InputError(`${file} is not a plain file; remove it`);
    }
    return new AppendOnlyFile(file, descriptor);
  }

  append(text: string): void {
    const before = fs.fstatSync(this.descriptor).size;
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length;) done += fs.writeSync(this.descriptor, bytes, done);
      failpoint('append-written');
    } catch (error) {
      // No half a line stays behind.
      fs.ftruncateSync(this.descriptor, before);
      throw new InputError(`${this.file} cannot be written: ${messageOf(error)}; mend that and resume`);
    }
  }

  truncate(size: number): void {
    if (fs.fstatSync(this.descriptor).size > size) fs.ftruncateSync(this.descriptor, size);
  }

  flush(): void {
    fs.fsyncSync(this.descriptor);
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}
