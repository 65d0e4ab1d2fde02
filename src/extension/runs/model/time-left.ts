import { duration } from '../../../common/format';
import type { TrainSettings } from '../../../recipe/schema';
import type { ReadableSeenRun } from '../../common/seen-run';

/** So long a run is watched before its pace is believed, in milliseconds. */
const ENOUGH_MS = 5000;

interface Start {
  /** The attempt, and the stage that was at work. */
  readonly during: string;
  readonly step: number;
  readonly at: number;
}

/**
 * How long runs will take. The pace is the run's own, over all of its training; until it has written one, after its
 * first epoch, and in later stages, where a step costs something else, it is what was seen of the stage's steps.
 */
export class TimeLeft {
  private readonly starts = new Map<string, Start>();

  constructor(
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Seconds until the last step; undefined where that cannot be told (yet). To be called at each look. */
  of({ key, seen: { state, info, step, recipe } }: ReadableSeenRun): number | undefined {
    const { progress, attempt } = info;
    if (state !== 'running' || progress === undefined) {
      this.starts.delete(key);
      return undefined;
    }
    const now = Math.max(step ?? 0, progress.step);
    const stage = stageAt(recipe.train.stages, now / progress.stepsPerEpoch);
    const ownPace = stage === 0 ? paceOf(info) : undefined;
    const pace = ownPace ?? this.seenPace(key, `${attempt}/${stage}`, now);
    return pace === undefined ? undefined : Math.max(0, progress.steps - now) * pace;
  }

  private seenPace(key: string, during: string, step: number): number | undefined {
    const start = this.starts.get(key);
    if (start?.during !== during) {
      this.starts.set(key, { during, step, at: this.clock() });
      return undefined;
    }
    const elapsed = this.clock() - start.at;
    return elapsed < ENOUGH_MS || step <= start.step ? undefined : elapsed / 1000 / (step - start.step);
  }
}

/** Seconds a step by what the run has written; the two were written together. */
function paceOf({ seconds, progress }: ReadableSeenRun['seen']['info']): number | undefined {
  if (seconds === undefined || progress === undefined || progress.step === 0 || seconds <= 0)
    return undefined;
  return seconds / progress.step;
}

/** The stage of the last step, from 0, once so many epochs are finished. */
function stageAt(stages: TrainSettings['stages'] = [], epoch: number): number {
  let end = 0;
  const stage = stages.findIndex(({ epochs }) => epoch <= (end += epochs));
  return stage === -1 ? Math.max(0, stages.length - 1) : stage;
}

/** How far a run is, 0 … 1. */
export function fractionDone({ seen: { info, step } }: ReadableSeenRun): number | undefined {
  const { progress } = info;
  if (progress === undefined || progress.steps <= 0) return undefined;
  return Math.min(1, Math.max(0, Math.max(step ?? 0, progress.step) / progress.steps));
}

/** `40 s`, `2 m`, `1 h 5 m`: for rows and items, which seconds would only make flicker. */
export function roughly(seconds: number): string {
  return duration(seconds < 60 ? Math.ceil(seconds / 10) * 10 : seconds).replace(/^(\d+ m) \d+ s$/, '$1');
}
