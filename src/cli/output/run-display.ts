import { Pace } from '../../runs/pace';
import { gapRecovered } from '../../runs/statistics';
import type { MetricLine, RunInfo, ScoreLine, TrainLine } from '../../runs/types';
import { percent } from '../../common/format';
import { LiveLine } from './live-line';
import type { Output } from './output';
import { epochLine, progressLine, teachersLine, type Moment } from './run-lines';

/** So often a line about the progress is written where no line can be redrawn. */
const PLAIN_INTERVAL_MS = 30_000;

export interface ShownRun {
  readonly id: string;
  readonly epochs: number;
  /** Validation accuracy of the baseline, where there is one. */
  readonly baseline?: number | undefined;
  /** `run.json` before this start: lines of its attempts are past and not shown again. */
  readonly before: RunInfo;
}

/** Shows a run while it trains: a line an epoch, and below them the progress. */
export class RunDisplay {
  private readonly live: LiveLine;
  private readonly losses: (number | null)[] = [];
  private teacher: number | undefined;
  private best: { readonly epoch: number; readonly accuracy: number } | undefined;
  private readonly pace = new Pace();
  private isQueued = false;
  private saidAt: number;
  /** Warnings said so far. */
  private warned: number;

  constructor(
    private readonly output: Output,
    private readonly run: ShownRun,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.live = new LiveLine(output);
    this.saidAt = clock();
    this.warned = run.before.warnings?.length ?? 0;
    this.info(run.before);
    this.live.update(0, () => 'Starting …');
  }

  /** Other runs have the device; this one is in the queue for it. */
  queued(): void {
    if (this.isQueued) return;
    this.isQueued = true;
    this.output.note('Waiting for its turn on the device …');
  }

  /** What `run.json` says by now. */
  info(info: RunInfo): void {
    this.teacher = info.teacher?.validation?.accuracy ?? this.teacher;
    if (info.best) this.improve(info.best.epoch, info.best.validation.accuracy);
    const warnings = info.warnings ?? [];
    for (const warning of warnings.slice(this.warned)) this.output.note(`warning: ${warning}`);
    this.warned = warnings.length;
  }

  /** A new line of the metrics. */
  metric(line: MetricLine): void {
    if (line.attempt <= this.run.before.attempt) return;
    switch (line.kind) {
      case 'train':
        this.losses.push(line.loss);
        this.tell(line);
        this.progress(line);
        return;
      case 'validation':
        this.improve(line.epoch, line.accuracy);
        this.tell(line, this.epochText(line));
        return;
      case 'teacher':
        this.teacher = line.accuracy;
        this.tell(line, `teacher   validation ${percent(line.accuracy)}`);
        return;
      case 'teachers':
        this.tell(line, teachersLine(line));
        return;
      case 'test':
      case 'hooks':
        this.tell(line);
    }
  }

  close(): void {
    this.live.close();
  }

  private improve(epoch: number, accuracy: number): void {
    if (this.best === undefined || accuracy > this.best.accuracy) this.best = { epoch, accuracy };
  }

  private epochText(line: ScoreLine): string {
    const { epochs, baseline } = this.run;
    const loss = mean(this.losses.splice(0));
    const gap = gapRecovered(line.accuracy, baseline, this.teacher);
    return epochLine({ line, epochs, loss, best: this.best ?? line, gap });
  }

  private progress(line: TrainLine): void {
    const { epochs } = this.run;
    this.pace.add(line);
    const { secondsPerEpoch } = this.pace;
    const rest = Math.max(0, epochs - line.epoch);
    const left = secondsPerEpoch === undefined ? undefined : rest * secondsPerEpoch;
    const moment: Moment = { line, epochs, left };
    const share = line.epoch / epochs;
    if (this.output.isWatched) {
      this.live.update(share, (bar, columns) => progressLine(moment, bar, columns));
    } else if (this.clock() - this.saidAt >= PLAIN_INTERVAL_MS) {
      this.saidAt = this.clock();
      this.output.note(progressLine(moment, percent(share, 0)));
    }
  }

  private tell(line: MetricLine, text?: string): void {
    this.output.event({ event: 'metric', run: this.run.id, ...line }, text);
  }
}

function mean(values: readonly (number | null)[]): number | null | undefined {
  if (values.length === 0) return undefined;
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}
