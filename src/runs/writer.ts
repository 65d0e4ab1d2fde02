import * as path from 'node:path';
import { writeJsonAtomic } from '../common/files';
import { AppendOnlyFile } from './append-only-file';
import { EventFile } from './events';
import { readInfo, type RunFolder } from './folder';
import { checked, ensureFolderInside } from './inside';
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
  private events: EventFile | undefined;

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
    const metrics = await AppendOnlyFile.open(run.folder, 'metrics.jsonl');
    metrics.truncate(reader.offset);
    const writer = new RunWriter(
      run,
      info,
      seq + 1,
      metrics,
      await AppendOnlyFile.open(run.folder, 'log.txt'),
    );
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
  async beginAttempt(step: number): Promise<void> {
    const attempt = this.current.attempt + 1;
    this.write({ ...this.current, attempt });
    const line: AttemptLine = { kind: 'attempt', attempt, seq: this.seq++, step, time: Date.now() };
    this.metrics.append(`${JSON.stringify(line)}\n`);
    this.events?.close();
    this.events = await EventFile.start(this.run.folder, line);
  }

  /** Appends a whole line, and its numbers to the TensorBoard file. What is not finite is written as null. */
  appendMetric(metric: NewMetric): void {
    if (this.events === undefined) throw new Error('appendMetric comes after beginAttempt');
    const { kind, ...values } = metric;
    const place = { kind, attempt: this.current.attempt, seq: this.seq++ };
    const text = JSON.stringify({ ...place, ...values, time: Date.now() });
    this.metrics.append(`${text}\n`);
    this.events.append(JSON.parse(text) as MetricLine);
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
    this.events?.close();
  }

  private write(info: Partial<Record<keyof RunInfo, unknown>>): void {
    // As it will be read: without what is undefined, and null for what is not finite.
    const plain: unknown = JSON.parse(JSON.stringify(info));
    this.current = checked(RunInfo, plain, 'run.json');
    writeJsonAtomic(path.join(this.run.folder, 'run.json'), this.current);
  }
}
