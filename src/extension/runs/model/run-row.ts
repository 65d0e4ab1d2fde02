import * as l10n from '@vscode/l10n';
import { ago, epochText, percent, points } from '../../../common/format';
import { runIcons } from '../../../common/run-icons';
import { scoreOf, type Split } from '../../../runs/compare';
import type { RunState } from '../../../runs/types';
import { isLive, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import { type Icon, joinParts, type Row } from './row';
import { fractionDone, roughly } from './time-left';

export interface RunRowContext {
  /** The split that the run's group is measured on. */
  readonly split: Split;
  readonly now: Date;
  readonly secondsLeft?: number;
}

/** A run's row; the same object as long as it says the same, so that what has changed is found at once. */
export function runRow(run: ReadableSeenRun, { split, now, secondsLeft }: RunRowContext): Row {
  const { state, info } = run.seen;
  const age = isLive(state)
    ? undefined
    : ago(new Date(info.endedAt ?? info.startedAt ?? info.createdAt), now);
  const left = secondsLeft === undefined ? undefined : roughly(secondsLeft);
  const stamp = `${split} ${age} ${left}`;
  const known = rows.get(run);
  if (known?.stamp === stamp) return known.row;
  const metric = runMetric(run, split);
  // A narrow side bar cuts the end off.
  const rest = [
    left !== undefined && isOngoing(run) && l10n.t('{0} left', left),
    metric === undefined ? undefined : points(metric),
    age,
    run.notes.star === true && '★',
    run.notes.tags?.map((tag) => `#${tag}`).join(' '),
  ];
  const row: Row = {
    id: run.key,
    label: runLabel(run),
    description: joinParts(shortStateText(run), ...rest),
    spoken: joinParts(stateText(run), ...rest),
    icon: iconOf(state),
    context: contextOf(run, state),
    keys: [run.key],
    about: { kind: 'run', run, ...(secondsLeft !== undefined && { secondsLeft }) },
    children: [],
    isOpenable: info.attempt > 0,
    startsOpen: false,
  };
  rows.set(run, { stamp, row });
  return row;
}

const rows = new WeakMap<ReadableSeenRun, { readonly stamp: string; readonly row: Row }>();

export function unreadableRow(run: SeenRun, reason: string): Row {
  return {
    id: run.key,
    label: run.notes.name ?? run.run.id,
    description: l10n.t('cannot be read'),
    icon: { name: runIcons.unreadable, color: 'list.warningForeground' },
    context: 'run unreadable',
    keys: [run.key],
    about: { kind: 'unreadable', run, reason },
    children: [],
    isOpenable: false,
    startsOpen: false,
  };
}

/** What the person calls a run, else its seed. */
export function runLabel({ notes, seen }: ReadableSeenRun): string {
  return notes.name ?? l10n.t('seed {0}', seen.recipe.train.seed);
}

/** The accuracy that a run is shown with: of the weights it reports, on the split; the best so far while it has none. */
export function runMetric(
  { run, seen: { info, recipe } }: ReadableSeenRun,
  split: Split,
): number | undefined {
  return (scoreOf({ run, info, recipe }, split) ?? info.best?.validation)?.accuracy;
}

/** Whether a run trains, and has not been asked to stop after its epoch. */
export function isOngoing({ seen: { state, info } }: ReadableSeenRun): boolean {
  return state === 'running' && info.stopAfterEpoch === undefined;
}

/** `running 62 %`, `running 62 % · stops after epoch 7`, `interrupted at epoch 7`; nothing for a run that is done. */
export function stateText(run: ReadableSeenRun): string | undefined {
  const { state, info } = run.seen;
  const fraction = fractionDone(run);
  const epoch = info.progress && info.progress.step / info.progress.stepsPerEpoch;
  const at = epoch !== undefined && Number.isFinite(epoch) ? epochText(epoch) : undefined;
  switch (state) {
    case 'queued':
      return l10n.t('queued');
    case 'starting':
      return l10n.t('starting');
    case 'running':
      return joinParts(
        fraction === undefined ? l10n.t('running') : l10n.t('running {0}', percent(fraction, 0)),
        stopText(run),
      );
    case 'stopping':
      return l10n.t('stopping');
    case 'stopped':
      return at === undefined ? l10n.t('stopped') : l10n.t('stopped at epoch {0}', at);
    case 'interrupted':
      return at === undefined ? l10n.t('interrupted') : l10n.t('interrupted at epoch {0}', at);
    case 'failed':
      return at === undefined ? l10n.t('failed') : l10n.t('failed at epoch {0}', at);
    case 'done':
      return undefined;
  }
}

/** The same in a row, whose icon says already that the run is running. */
function shortStateText(run: ReadableSeenRun): string | undefined {
  const fraction = fractionDone(run);
  if (run.seen.state !== 'running' || fraction === undefined) return stateText(run);
  return joinParts(percent(fraction, 0), stopText(run));
}

function stopText({ seen: { info } }: ReadableSeenRun): string | undefined {
  return info.stopAfterEpoch === undefined ? undefined : l10n.t('stops after epoch {0}', info.stopAfterEpoch);
}

/** Colours of the icons, where they have one. */
const colors: Readonly<Partial<Record<RunState, string>>> = {
  queued: 'testing.iconQueued',
  running: 'charts.blue',
  stopped: 'testing.iconSkipped',
  interrupted: 'list.warningForeground',
  failed: 'testing.iconFailed',
  done: 'testing.iconPassed',
};

function iconOf(state: RunState): Icon {
  const color = colors[state];
  return { name: runIcons[state], ...(color !== undefined && { color }) };
}

/** Whether a run can be gone on with. */
export function isResumable(state: RunState): boolean {
  return state === 'stopped' || state === 'failed' || state === 'interrupted';
}

function contextOf(run: ReadableSeenRun, state: RunState): string {
  const { notes } = run;
  return [
    'run',
    state,
    isLive(state) ? 'live' : 'over',
    ...(isOngoing(run) ? ['ongoing'] : []),
    ...(isResumable(state) ? ['resumable'] : []),
    ...(notes.star === true ? ['starred'] : ['plain']),
  ].join(' ');
}
