import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../common/errors';
import type { Recipe } from '../../recipe/schema';
import { findWorkspace } from '../../recipe/workspace';
import { listRunIds, openRun, readRecipe, type RunFolder } from '../../runs/folder';
import { readNotes } from '../../runs/notes';
import { RunObserver } from '../../runs/state';
import type { Notes, RunInfo, RunState } from '../../runs/types';

/** A run of the workspace as it was last seen. */
export interface SeenRun {
  /** The run's folder: the same through the run's whole life. */
  readonly key: string;
  readonly run: RunFolder;
  readonly notes: Notes;
  /** The rest; a sentence where the folder cannot be read. */
  readonly seen: { readonly state: RunState; readonly info: RunInfo; readonly recipe: Recipe } | string;
}

/** Which runs changed; `added` and `removed` change the list itself. */
export interface RunChange {
  readonly added: readonly SeenRun[];
  readonly changed: readonly SeenRun[];
  readonly removed: readonly SeenRun[];
}

const LIVE = new Set<RunState>(['queued', 'starting', 'running', 'stopping']);
/** Milliseconds between looks at live runs, and at all of them (notes, damage, other hosts). */
const LIVE_INTERVAL = 1000;
const FULL_INTERVAL = 10_000;

export function isLive(state: RunState): boolean {
  return LIVE.has(state);
}

/**
 * All runs of the workspace's folders, followed by looking at their files: runs of this window, of another one and of
 * another host are alike. It never holds up the extension host: one run at a time, nothing larger than a `run.json`.
 */
export class RunStore implements vscode.Disposable {
  private readonly runs = new Map<string, SeenRun>();
  private readonly observers = new Map<string, RunObserver>();
  private readonly emitter = new vscode.EventEmitter<RunChange>();
  readonly onDidChange = this.emitter.event;
  private readonly folderChange = vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh());
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private again = false;
  private lastFullLook = -Infinity;
  private disposed = false;
  /** Resolves after the first look. */
  readonly ready: Promise<void>;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.ready = this.refresh();
  }

  all(): SeenRun[] {
    return [...this.runs.values()];
  }

  get(key: string): SeenRun | undefined {
    return this.runs.get(key);
  }

  /** Looks at everything now; call it after a change made by this window. */
  refresh(): Promise<void> {
    this.lastFullLook = -Infinity;
    return this.look();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.folderChange.dispose();
    this.emitter.dispose();
  }

  /** One look at a time; a look asked for during another follows it. */
  private async look(): Promise<void> {
    if (this.looking !== undefined) {
      this.again = true;
      return this.looking;
    }
    clearTimeout(this.timer);
    this.looking = this.lookUntilSettled();
    await this.looking;
    this.looking = undefined;
    if (!this.disposed) this.timer = setTimeout(() => void this.look(), LIVE_INTERVAL);
  }

  private async lookUntilSettled(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.lookOnce();
      } catch (error) {
        this.log.warn(`Runs cannot be read: ${messageOf(error)}`);
      }
    } while (this.again && !this.disposed);
  }

  private async lookOnce(): Promise<void> {
    const now = performance.now();
    const isFull = now - this.lastFullLook >= FULL_INTERVAL;
    if (isFull) this.lastFullLook = now;
    const found = await this.findRuns();
    const added: SeenRun[] = [];
    const changed: SeenRun[] = [];
    const removed = this.all().filter(({ key }) => !found.has(key));
    for (const { key } of removed) {
      this.runs.delete(key);
      this.observers.delete(key);
    }
    for (const [key, run] of found) {
      const before = this.runs.get(key);
      const isOver = typeof before?.seen === 'object' && !isLive(before.seen.state);
      if (before !== undefined && isOver && !isFull) continue;
      const seen = await this.see(key, run);
      if (isDeepStrictEqual(seen, before)) continue;
      this.runs.set(key, seen);
      (before === undefined ? added : changed).push(seen);
    }
    if (!this.disposed && added.length + changed.length + removed.length > 0) {
      this.emitter.fire({ added, changed, removed });
    }
  }

  /** All run folders by key. A folder that cannot be opened stays out: it may be half deleted. */
  private async findRuns(): Promise<Map<string, RunFolder>> {
    const found = new Map<string, RunFolder>();
    for (const retortFolder of retortFolders()) {
      for (const id of await listRunIds(retortFolder)) {
        const run = this.runs.get(path.join(retortFolder, 'runs', id))?.run;
        const opened = run ?? (await openRun(retortFolder, id).catch(() => undefined));
        if (opened !== undefined) found.set(opened.folder, opened);
      }
    }
    return found;
  }

  private async see(key: string, run: RunFolder): Promise<SeenRun> {
    const observer = this.observers.get(key) ?? new RunObserver(run);
    this.observers.set(key, observer);
    const notes = await readNotes(run).catch(() => ({}));
    try {
      const [observed, recipe] = await Promise.all([observer.look(), readRecipe(run)]);
      return { key, run, notes, seen: { ...observed, recipe } };
    } catch (error) {
      return { key, run, notes, seen: messageOf(error) };
    }
  }
}

/** The `.retort` folders of the workspace's folders, those of a parent included. */
export function retortFolders(): string[] {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.join(findWorkspace(uri.fsPath, uri.fsPath), '.retort'));
  return [...new Set(folders)];
}
