import * as vscode from 'vscode';
import { InputError } from '../../../common/errors';
import { processOf } from '../../../runs/state';
import { registerCommand } from '../../common/commands';
import { isLive, isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import { isOngoing, isResumable } from '../model/run-row';
import type { Targets } from './targets';

/** Stop, resume, checkpoint now. */
export function registerControl({ log, runs, launcher }: Services, targets: Targets): vscode.Disposable[] {
  const { t } = vscode.l10n;
  return [
    registerCommand(log, 'retort.stopRun', async (target: unknown, selected: unknown) => {
      const wanted = { title: t('Stop Runs'), filter: hasState(isLive) };
      const chosen = await targets.readable(target, selected, wanted);
      await eachOf(
        chosen,
        ({ seen }) => isLive(seen.state),
        t('stop'),
        async ({ run }) => (await import('../../../runs/ask.js')).requestStop(run),
      );
      await runs.refresh();
    }),
    registerCommand(log, 'retort.stopRunAfterEpoch', async (target: unknown, selected: unknown) => {
      const wanted = {
        title: t('Stop Runs After This Epoch'),
        filter: (run: SeenRun) => isReadable(run) && isOngoing(run),
      };
      const chosen = await targets.readable(target, selected, wanted);
      await eachOf(chosen, isOngoing, t('stop after an epoch'), async ({ run }) =>
        (await import('../../../runs/ask.js')).requestStop(run, 'epoch'),
      );
      await runs.refresh();
    }),
    registerCommand(log, 'retort.checkpointRun', async (target: unknown, selected: unknown) => {
      const isRunning = (run: ReadableSeenRun): boolean => run.seen.state === 'running';
      const wanted = {
        title: t('Keep Checkpoints'),
        filter: (run: SeenRun) => isReadable(run) && isRunning(run),
      };
      const chosen = await targets.readable(target, selected, wanted);
      await eachOf(chosen, isRunning, t('keep a checkpoint of'), async ({ run }) =>
        (await import('../../../runs/ask.js')).requestCheckpoint(run),
      );
      vscode.window.setStatusBarMessage(t('A checkpoint is kept after the step at work'), 5000);
    }),
    registerCommand(log, 'retort.resumeRun', async (target: unknown, selected: unknown) => {
      const wanted = { title: t('Resume Runs'), filter: hasState(isResumable) };
      const chosen = await targets.readable(target, selected, wanted);
      const location = { viewId: 'retort.experiments' };
      await vscode.window.withProgress({ location }, () =>
        eachOf(
          chosen,
          ({ seen }) => isResumable(seen.state) || seen.state === 'queued',
          t('resume'),
          async (run) => launcher.resume(run.run, { takeOver: await mayTakeOver(run) }),
        ).finally(() => runs.refresh()),
      );
    }),
  ];
}

function hasState(is: (state: ReadableSeenRun['seen']['state']) => boolean): (run: SeenRun) => boolean {
  return (run) => isReadable(run) && is(run.seen.state);
}

/** Does something with those runs that it can be done with; throws `InputError` where there is none. */
async function eachOf(
  runs: readonly ReadableSeenRun[],
  fits: (run: ReadableSeenRun) => boolean,
  verb: string,
  work: (run: ReadableSeenRun) => Promise<void>,
): Promise<void> {
  const fitting = runs.filter(fits);
  if (fitting.length === 0) {
    const [{ run, seen }] = runs as [ReadableSeenRun];
    throw new InputError(vscode.l10n.t('There is nothing to {0}: run {1} is {2}', verb, run.id, seen.state));
  }
  for (const run of fitting) await work(run);
}

/**
 * Whether the run is taken from another host, which only a person can know to work on it no longer. Throws
 * `CancellationError` where the person does not say so.
 */
async function mayTakeOver({ run, seen: { info } }: ReadableSeenRun): Promise<boolean> {
  if ((await processOf(info)) !== 'elsewhere') return false;
  const takeOver = vscode.l10n.t('Take Over');
  const detail = vscode.l10n.t(
    'Two processes on one run would damage it. Take it over only if you know that {0} no longer works on it.',
    info.process?.host ?? '',
  );
  const question = vscode.l10n.t(
    'Run {0} was last worked on by {1}. Take it over?',
    run.id,
    info.process?.host ?? '',
  );
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, takeOver);
  if (answer !== takeOver) throw new vscode.CancellationError();
  return true;
}
