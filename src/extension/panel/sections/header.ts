import * as path from 'node:path';
import * as l10n from '@vscode/l10n';
import { count, epochText } from '../../../common/format';
import type { Action, Header } from '../../../protocol/panel-sections';
import { variantOf } from '../../../recipe/names';
import { isLive, isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import type { Reading } from '../reader/run-series';

export interface HeaderContext {
  /** What the run's experiment is called in this window. */
  readonly experiment: string;
  readonly reading: Reading | undefined;
  readonly isTrusted: boolean;
  /** The experiment has no runs of the student alone. */
  readonly lacksBaseline: boolean;
}

/** Actions that run nothing and signal nobody. */
const HARMLESS: readonly Action[] = ['openRecipe', 'openLog', 'reveal'];

export function headerOf(run: SeenRun, context: HeaderContext): Header {
  const { star = false, tags = [], note, name } = run.notes;
  const notes = { star, tags, ...(note && { note }), ...(name && { name }) };
  if (!isReadable(run)) {
    const sentence = run.seen as string;
    return { ...unknown(run.key), ...notes, state: 'unreadable', sentence, actions: ['reveal'] };
  }
  const { state, info, recipe } = run.seen;
  const actions = actionsOf(run, context);
  const needsTrust = !context.isTrusted && actions.includes('resume');
  const trust = l10n.t('Resuming it would run its code: trust the workspace first.');
  const sentences = [sentenceOf(run), needsTrust ? trust : undefined].filter((each) => each !== undefined);
  return {
    id: run.run.id,
    experiment: context.experiment,
    variant: variantOf(recipe),
    seed: recipe.train.seed,
    ...notes,
    state,
    ...(sentences.length > 0 && { sentence: sentences.join(' ') }),
    warnings: warningsOf(run, context.reading),
    ...progressOf(run, context.reading),
    createdAt: info.createdAt,
    ...(info.endedAt !== undefined && { endedAt: info.endedAt }),
    actions: context.isTrusted ? actions : actions.filter((action) => HARMLESS.includes(action)),
  };
}

/** Where a run is that the window does not have: `elsewhere` is in a folder that is not open in it any more. */
export type Whereabouts = 'trash' | 'elsewhere' | 'nowhere';

/** The header of a run that the window does not have; `last` is what was last shown of it. */
export function headerOfGone(key: string, where: Whereabouts, last?: Header): Header {
  const { secondsLeft: _, ...about } = { secondsLeft: undefined, ...(last ?? unknown(key)) };
  const sentences: Record<Whereabouts, string> = {
    trash: l10n.t('This run was deleted; it lies in the workspace’s trash.'),
    elsewhere: l10n.t('The run’s project is not part of this window any more; add its folder to follow it.'),
    nowhere: l10n.t('The run’s folder is gone: it was moved or removed.'),
  };
  return {
    ...about,
    state: 'gone',
    sentence: sentences[where],
    warnings: [],
    actions: where === 'trash' ? ['restore', 'close'] : ['close'],
  };
}

/** What can be said of a run of which nothing was ever read. */
function unknown(key: string): Omit<Header, 'state' | 'actions'> {
  const id = path.basename(key);
  return { id, name: id, experiment: '', variant: '', seed: 0, star: false, tags: [], warnings: [] };
}

function actionsOf({ seen: { state, info } }: ReadableSeenRun, { lacksBaseline }: HeaderContext): Action[] {
  const actions: Action[] = [];
  if (isLive(state) && state !== 'stopping') actions.push('stop');
  if (state === 'running' && info.stopAfterEpoch === undefined) actions.push('stopAfterEpoch');
  if (state === 'stopped' || state === 'failed' || state === 'interrupted') actions.push('resume');
  if (state === 'running') actions.push('checkpoint');
  actions.push(...HARMLESS);
  if (info.best !== undefined) actions.push('exportStudent');
  if (lacksBaseline) actions.push('trainBaseline');
  return actions;
}

/** Why the run is in its state, and what to do. */
function sentenceOf({ seen: { state, info } }: ReadableSeenRun): string | undefined {
  const { progress, reason } = info;
  const epoch = progress === undefined ? 0 : progress.step / progress.stepsPerEpoch;
  const at = epochText(Number.isFinite(epoch) ? epoch : 0);
  switch (state) {
    case 'queued':
      return l10n.t('It waits until the device is free.');
    case 'stopping':
      return l10n.t('It stops after the step at work and keeps a checkpoint.');
    case 'stopped':
      return progress === undefined
        ? l10n.t('It was stopped before its first step; resume it to start.')
        : l10n.t('It was stopped; resume it from epoch {0}.', at);
    case 'interrupted':
      return progress === undefined
        ? l10n.t('Its process is gone: killed, or the machine went down; resume it to start again.')
        : l10n.t('Its process is gone: killed, or the machine went down; resume it from epoch {0}.', at);
    case 'failed':
      return reason === undefined
        ? l10n.t('It failed, and the log says why; open it.')
        : l10n.t('{0}. Resume it once that is mended, or open the log.', reason.replace(/[.\s]+$/, ''));
    case 'running':
      return info.stopAfterEpoch === undefined
        ? undefined
        : l10n.t('It stops after epoch {0} and keeps a checkpoint.', info.stopAfterEpoch);
    case 'starting':
    case 'done':
      return undefined;
  }
}

function warningsOf({ seen: { info } }: ReadableSeenRun, reading: Reading | undefined): string[] {
  const warnings = [...(info.warnings ?? [])];
  const { damaged = 0, problem } = reading ?? {};
  if (problem !== undefined) warnings.push(problem);
  if (damaged === 1) warnings.push(l10n.t('One line of metrics.jsonl is damaged and left out.'));
  if (damaged > 1) {
    warnings.push(l10n.t('{0} lines of metrics.jsonl are damaged and left out.', count(damaged)));
  }
  return warnings;
}

function progressOf(
  { seen: { state, info, step = 0 } }: ReadableSeenRun,
  reading: Reading | undefined,
): Pick<Header, 'progress' | 'secondsLeft'> {
  if (info.progress === undefined) return {};
  const { steps, stepsPerEpoch, epochs } = info.progress;
  const latest = reading?.latest;
  const reached = Math.min(
    steps,
    Math.max(info.progress.step, step, isLive(state) ? (latest?.step ?? 0) : 0),
  );
  const progress = { step: reached, steps, epoch: reached / Math.max(1, stepsPerEpoch), epochs };
  if (state !== 'running' || latest?.secondsPerEpoch === undefined) return { progress };
  return { progress, secondsLeft: Math.max(0, epochs - progress.epoch) * latest.secondsPerEpoch };
}
