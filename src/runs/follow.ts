import { setTimeout as wait } from 'node:timers/promises';
import type { RunFolder } from './folder';
import { MetricReader } from './metrics';
import { type ObservedRun, processOf, RunObserver } from './state';
import type { AttemptLine, MetricLine } from './types';

export type RunEvent =
  | { readonly type: 'metric'; readonly line: MetricLine }
  /** A resume: forget the lines beyond its step (`linesBefore`). */
  | { readonly type: 'attempt'; readonly line: AttemptLine }
  /** The state or anything else in `run.json` has changed. */
  | ({ readonly type: 'state' } & ObservedRun);

/**
 * Follows a run from its first line until it ends, is interrupted, or is queued with nobody waiting any more. It looks
 * at the files every `interval` milliseconds, which works alike for local folders and network folders, where changes
 * are not announced. Aborting the signal ends it quietly.
 */
export async function* followRun(
  run: RunFolder,
  { signal, interval = 500 }: { readonly signal?: AbortSignal; readonly interval?: number } = {},
): AsyncGenerator<RunEvent, void> {
  const observer = new RunObserver(run);
  const metrics = new MetricReader(run);
  let seen = '';
  while (!signal?.aborted) {
    // The state first: what was written before a final state is then read after it.
    const observed = await observer.look();
    for await (const line of metrics.read()) {
      yield line.kind === 'attempt' ? { type: 'attempt', line } : { type: 'metric', line };
    }
    const now = JSON.stringify(observed);
    if (now !== seen) yield { type: 'state', ...observed };
    seen = now;
    if (await isOver(observed)) return;
    await wait(interval, undefined, { signal }).catch(() => undefined);
  }
}

async function isOver({ state, info }: ObservedRun): Promise<boolean> {
  if (state === 'queued') return info.process !== undefined && (await processOf(info)) === 'gone';
  return ['stopped', 'done', 'failed', 'interrupted'].includes(state);
}
