import type { Recipe } from '../../recipe/schema';
import type { RunFolder } from '../../runs/folder';
import type { ObservedRun } from '../../runs/state';
import type { Notes, RunState } from '../../runs/types';

/** What a run's files say. */
export interface ReadRun extends ObservedRun {
  readonly recipe: Recipe;
  /** Of a live run: finished optimizer steps by its heartbeat, ahead of what `info.progress` last wrote. */
  readonly step?: number;
}

/** A run of the workspace as it was last seen. A new object whenever anything of it has changed. */
export interface SeenRun {
  /** The run's folder: the same through the run's whole life. */
  readonly key: string;
  readonly run: RunFolder;
  readonly notes: Notes;
  /** The rest; a sentence where the folder cannot be read. */
  readonly seen: ReadRun | string;
}

/** A run whose folder can be read. */
export interface ReadableSeenRun extends SeenRun {
  readonly seen: ReadRun;
}

/** Which runs changed; `added` and `removed` change the list itself. */
export interface RunChange {
  readonly added: readonly SeenRun[];
  readonly changed: readonly SeenRun[];
  readonly removed: readonly SeenRun[];
}

const LIVE = new Set<RunState>(['queued', 'starting', 'running', 'stopping']);

export function isLive(state: RunState): boolean {
  return LIVE.has(state);
}

export function isReadable(run: SeenRun): run is ReadableSeenRun {
  return typeof run.seen === 'object';
}
