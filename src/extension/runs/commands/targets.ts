import * as vscode from 'vscode';
import { InputError } from '../../../common/errors';
import { pickRun, pickRuns } from '../../common/pick-run';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import type { ExperimentsView } from '../experiments-view';

/** What a command on runs is called with: a row, a run's key or several; nothing from the palette. */
export type Target = unknown;

/** Which runs a command is about, and how it asks for them. */
export interface Wanted {
  /** Of the list from which runs are picked. */
  readonly title: string;
  /** Those that the command can do something with. */
  readonly filter?: (run: SeenRun) => boolean;
}

/** Finds the runs that a command is about. */
export class Targets {
  constructor(
    private readonly services: Services,
    private readonly experiments: ExperimentsView,
  ) {}

  /**
   * The runs of the row that was clicked, of all selected ones if it is among them, or of the keys; without any, those
   * that the person picks. Throws `InputError` where a run is gone, `CancellationError` where none is picked.
   */
  async runs(target: Target, selected: unknown, wanted: Wanted): Promise<SeenRun[]> {
    const keys = this.keys(target, selected);
    if (keys.length === 0) return pickRuns(this.services.runs, wanted);
    return [...new Set(keys)].map((key) => this.find(key));
  }

  /** The same for what needs what is in the runs' files. */
  async readable(target: Target, selected: unknown, wanted: Wanted): Promise<ReadableSeenRun[]> {
    const { filter = () => true } = wanted;
    const runs = await this.runs(target, selected, {
      ...wanted,
      filter: (run) => isReadable(run) && filter(run),
    });
    return runs.map((run) => this.readableOrThrow(run));
  }

  /** One run, for commands that are about a single one. */
  async run(target: Target, wanted: Wanted): Promise<SeenRun> {
    const [key, ...others] = this.keys(target, undefined);
    if (others.length > 0)
      throw new InputError(vscode.l10n.t('This is done to one run at a time; select one'));
    return key === undefined ? pickRun(this.services.runs, wanted) : this.find(key);
  }

  /** The same for what needs what is in the run's files. */
  async readableRun(target: Target, wanted: Wanted): Promise<ReadableSeenRun> {
    const { filter = () => true } = wanted;
    return this.readableOrThrow(
      await this.run(target, { ...wanted, filter: (run) => isReadable(run) && filter(run) }),
    );
  }

  private keys(target: Target, selected: unknown): string[] {
    if (isFromKeyboard(target)) return keysOf(this.experiments.view.selection);
    const all: unknown[] = Array.isArray(selected) ? selected : [];
    return keysOf(all.includes(target) ? all : [target]);
  }

  private readableOrThrow(run: SeenRun): ReadableSeenRun {
    if (isReadable(run)) return run;
    throw new InputError(vscode.l10n.t('Run {0} cannot be read: {1}', run.run.id, run.seen as string));
  }

  private find(key: string): SeenRun {
    const run = this.services.runs.get(key);
    if (run !== undefined) return run;
    throw new InputError(vscode.l10n.t('There is no run {0} any more', key));
  }
}

/** A key binding says so by its arguments: VS Code gives it no row. */
function isFromKeyboard(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'selection' in target;
}

function keysOf(targets: readonly unknown[]): string[] {
  return targets.flatMap((target) => {
    if (typeof target === 'string') return [target];
    if (Array.isArray(target)) return keysOf(target);
    if (typeof target !== 'object' || target === null) return [];
    if ('row' in target) return (target.row as { keys: string[] }).keys;
    return 'key' in target && typeof target.key === 'string' ? [target.key] : [];
  });
}
