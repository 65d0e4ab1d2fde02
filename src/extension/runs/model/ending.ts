import * as l10n from '@vscode/l10n';
import { percent, plural, signedPoints } from '../../../common/format';
import { variantOf } from '../../../recipe/names';
import { baselineAccuracy, scoreOf, type Split } from '../../../runs/compare';
import type { ReadableRun } from '../../../runs/folder';
import { gapRecovered } from '../../../runs/statistics';
import type { RunState } from '../../../runs/types';
import { experimentNames } from '../../common/experiment-names';
import { isLive, isReadable, type ReadableSeenRun, type RunChange } from '../../common/seen-run';
import { runLabel, stateText } from './run-row';

/** Tells which runs came to an end while they were watched. */
export class EndingWatch {
  /** Live runs, and whether anything of them has moved since they were first seen. */
  private readonly live = new Map<string, { moved: boolean }>();

  /** The live runs, by their keys. */
  get keys(): string[] {
    return [...this.live.keys()];
  }

  /**
   * Takes a change of the store; gives the runs that ended by it. A run that was interrupted long ago, in a folder
   * that a stranger made, only looks alive for its first seconds: without a move it has not ended now.
   */
  take({ added, changed, removed }: RunChange): ReadableSeenRun[] {
    for (const { key } of removed) this.live.delete(key);
    return [...added, ...changed].filter(isReadable).filter((run) => {
      const known = this.live.get(run.key);
      if (isLive(run.seen.state)) {
        this.live.set(run.key, { moved: known !== undefined });
        return false;
      }
      this.live.delete(run.key);
      return known !== undefined && (known.moved || run.seen.state !== 'interrupted');
    });
  }
}

/** One sentence about how runs of one state have ended. */
export function endingText(runs: readonly ReadableSeenRun[], all: readonly ReadableSeenRun[]): string {
  const [first, ...others] = runs as [ReadableSeenRun];
  if (others.length > 0) {
    return endingOfSeveral(first.seen.state, plural(runs.length, 'run'));
  }
  const { recipe, state, info } = first.seen;
  const name = `${experimentNames(all)(first)} / ${variantOf(recipe)} / ${runLabel(first)}`;
  switch (state) {
    case 'done':
      return `${name}: ${resultText(first, all)}`;
    case 'failed':
      return l10n.t('{0} {1}: {2}', name, stateText(first)!, info.reason ?? l10n.t('its log says why'));
    case 'interrupted':
      return l10n.t(
        '{0} was {1}: its process is gone. Resuming it goes on from its last checkpoint.',
        name,
        stateText(first)!,
      );
    case 'queued':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'stopped':
      return l10n.t('{0} {1}; it can be resumed.', name, stateText(first)!);
  }
}

function endingOfSeveral(state: RunState, runs: string): string {
  if (state === 'done') return l10n.t('{0} are done.', runs);
  if (state === 'failed') return l10n.t('{0} failed; their logs say why.', runs);
  if (state === 'interrupted') return l10n.t('{0} were interrupted: their processes are gone.', runs);
  return l10n.t('{0} stopped; they can be resumed.', runs);
}

/** `86.9 % on test, gap recovered 30 %, +3.0 to the baseline` */
function resultText(run: ReadableSeenRun, all: readonly ReadableSeenRun[]): string {
  const { info, recipe } = run.seen;
  const split: Split = info.test === undefined ? 'validation' : 'test';
  const accuracy = scoreOf(asReadableRun(run), split)?.accuracy;
  if (accuracy === undefined) return l10n.t('done');
  const others = all
    .filter(({ key, run: { retortFolder } }) => key !== run.key && retortFolder === run.run.retortFolder)
    .map(asReadableRun);
  const baseline = baselineAccuracy(recipe, others, split);
  const gap = gapRecovered(accuracy, baseline, info.teacher?.[split]?.accuracy);
  return [
    split === 'test'
      ? l10n.t('{0} on test', percent(accuracy))
      : l10n.t('{0} on validation', percent(accuracy)),
    ...(gap === undefined ? [] : [l10n.t('gap recovered {0}', percent(gap, 0))]),
    ...(baseline === undefined ? [] : [l10n.t('{0} to the baseline', signedPoints(accuracy - baseline))]),
  ].join(', ');
}

function asReadableRun({ run, seen: { info, recipe } }: ReadableSeenRun): ReadableRun {
  return { run, info, recipe };
}
