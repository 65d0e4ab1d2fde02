import * as path from 'node:path';
import * as l10n from '@vscode/l10n';
import { variantOf } from '../../../recipe/names';
import type { DeviceQueue, QueueEntry } from '../../../runs/queue';
import { folderNamesOf } from '../../common/experiment-names';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import type { Icon } from './row';
import { runLabel } from './run-row';

/** A run that works or waits, of this workspace or another one. */
export interface QueueRow {
  readonly id: string;
  /** The run's folder. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly icon: Icon;
  /** Words that menus ask for: `queued waiting own`. */
  readonly context: string;
}

/** Those at work, those that wait, the next one first; then the workspace's queued runs that no process waits for. */
export function queueRows(queues: readonly DeviceQueue[], runs: readonly SeenRun[]): QueueRow[] {
  const own = new Map(runs.filter(isReadable).map((run) => [run.key, run]));
  const entries = queues.flatMap(({ device, entries }) => entries.map((entry) => ({ device, ...entry })));
  const inQueue = new Set(entries.map(({ run }) => run));
  const forsaken = [...own.values()].filter(({ key, seen }) => seen.state === 'queued' && !inQueue.has(key));
  const ordered = [...entries.filter(isWorking), ...entries.filter((entry) => !isWorking(entry))];
  const folderOf = folderNamesOf(runs);
  return [
    ...ordered.map((entry) => {
      const run = own.get(entry.run);
      return entryRow(entry, run, run ? folderOf(run) : workspaceNameOf(entry));
    }),
    ...forsaken.map((run) => forsakenRow(run, folderOf(run))),
  ];
}

/** `2 waiting` beside the view's title. */
export function waitingText(rows: readonly QueueRow[]): string | undefined {
  const waiting = rows.filter(({ context }) => !context.includes('working')).length;
  return waiting === 0 ? undefined : l10n.t('{0} waiting', waiting);
}

function isWorking({ state }: QueueEntry): boolean {
  return state === 'working';
}

function entryRow(
  { run, runId, state, position, device }: QueueEntry & { device: string },
  own: ReadableSeenRun | undefined,
  folder: string | undefined,
): QueueRow {
  const place =
    state === 'working'
      ? l10n.t('at work on {0}', device)
      : position === 1
        ? l10n.t('next on {0}', device)
        : l10n.t('number {0} on {1}', position, device);
  return {
    id: `queue ${run}`,
    key: run,
    label: own === undefined ? runId : shortName(own),
    description: withFolder(place, folder),
    icon:
      state === 'working'
        ? { name: 'play-circle', color: 'charts.blue' }
        : { name: 'watch', color: 'testing.iconQueued' },
    context: [
      'queued',
      state,
      own === undefined ? 'foreign' : 'own',
      ...(position === 1 ? ['next'] : []),
    ].join(' '),
  };
}

/** Of a run that is not this window's. */
function workspaceNameOf({ run }: QueueEntry): string {
  // .retort/runs/ID
  return path.basename(path.resolve(run, '../../..'));
}

function withFolder(place: string, folder: string | undefined): string {
  return folder === undefined ? place : l10n.t('{0}, of {1}', place, folder);
}

function forsakenRow(run: ReadableSeenRun, folder: string | undefined): QueueRow {
  return {
    id: `queue ${run.key}`,
    key: run.key,
    label: shortName(run),
    description: withFolder(l10n.t('not started yet'), folder),
    icon: { name: 'circle-large-outline' },
    context: 'queued forsaken own',
  };
}

/** `kd+tat, seed 4` */
function shortName(run: ReadableSeenRun): string {
  return `${variantOf(run.seen.recipe)}, ${runLabel(run)}`;
}
