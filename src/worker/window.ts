import type { StepResult } from '../engine/train/trainer';

/** Sums over the steps since the last train line; part of a checkpoint, so that resumed lines are the same. */
export interface WindowSums {
  steps: number;
  loss: number;
  accuracy: number;
  terms: Record<string, number>;
}

/** Averages what steps report into one train line every so many steps, and times them. */
export class MetricWindow {
  private sums: WindowSums = { steps: 0, loss: 0, accuracy: 0, terms: {} };
  private images = 0;
  private waitedMs = 0;
  private since = performance.now();

  add(result: StepResult, images: number, waitedMs: number): void {
    this.sums.steps += 1;
    this.sums.loss += result.loss;
    this.sums.accuracy += result.accuracy;
    for (const [name, value] of Object.entries(result.terms)) {
      this.sums.terms[name] = (this.sums.terms[name] ?? 0) + value;
    }
    this.images += images;
    this.waitedMs += waitedMs;
  }

  /** Time that is not training (an evaluation, a checkpoint) does not count. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    const before = performance.now();
    try {
      return await work();
    } finally {
      this.since += performance.now() - before;
    }
  }

  /** The averages, and a new window begins; undefined if there was no step. */
  take(): (Omit<StepResult, 'lr'> & { imagesPerSecond: number; dataWait: number }) | undefined {
    const { steps, loss, accuracy, terms } = this.sums;
    if (steps === 0) return undefined;
    const elapsedMs = Math.max(performance.now() - this.since, 1e-3);
    const averages = {
      loss: loss / steps,
      accuracy: accuracy / steps,
      terms: Object.fromEntries(Object.entries(terms).map(([name, sum]) => [name, sum / steps])),
      imagesPerSecond: (this.images / elapsedMs) * 1000,
      dataWait: Math.min(1, this.waitedMs / elapsedMs),
    };
    this.restore({ steps: 0, loss: 0, accuracy: 0, terms: {} });
    return averages;
  }

  capture(): WindowSums {
    return structuredClone(this.sums);
  }

  restore(sums: WindowSums): void {
    this.sums = structuredClone(sums);
    this.images = 0;
    this.waitedMs = 0;
    this.since = performance.now();
  }
}
