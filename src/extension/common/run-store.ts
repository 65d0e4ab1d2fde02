import * as vscode from 'vscode';
import { messageOf } from '../../common/errors';
import { RetortFolders } from './retort-folders';
import { RunLooker } from './run-looker';
import { isLive, isReadable, type RunChange, type SeenRun } from './seen-run';

export { isLive, type RunChange, type SeenRun } from './seen-run';

/** Milliseconds between looks while runs are live, between looks for new ones, and between looks at all of them. */
const LIVE_INTERVAL = 1000;
const IDLE_INTERVAL = 2000;
const FULL_INTERVAL = 10_000;
/** While the window is in the background: a moment after it comes to the front everything is looked at anyway. */
const BACKGROUND_INTERVAL = 60_000;

/**
 * All runs of the workspace's folders, followed by looking at their files, which works alike for runs of this window,
 * of another one, of another host, and on network folders, where changes are not announced.
 */
export class RunStore implements vscode.Disposable {
  private readonly looker = new RunLooker();
  private readonly folders = new RetortFolders();
  private readonly emitter = new vscode.EventEmitter<RunChange>();
  readonly onDidChange = this.emitter.event;
  private readonly listeners = [
    this.folders,
    this.emitter,
    this.folders.onDidChange(() => void this.lookAtAll()),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && void this.lookAtAll()),
  ];
  private retortFolders: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private again = false;
  private lastFullLook = -Infinity;
  private trouble: string | undefined;
  private disposed = false;
  /** Resolves after the first look. */
  readonly ready: Promise<void>;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.ready = this.lookAtAll();
    void this.folders.search();
  }

  all(): SeenRun[] {
    return this.looker.all();
  }

  get(key: string): SeenRun | undefined {
    return this.looker.get(key);
  }

  /** The `.retort` folders that they are in, and new ones are made in. */
  allFolders(): string[] {
    return this.folders.all();
  }

  /** Looks at everything now; call it after a change made by this window. */
  refresh(): Promise<void> {
    return this.lookAtAll();
  }

  /** Also searches the workspace for projects further down. */
  async searchAgain(): Promise<void> {
    await this.folders.search();
    await this.refresh();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const listener of this.listeners) listener.dispose();
  }

  private lookAtAll(): Promise<void> {
    this.lastFullLook = -Infinity;
    return this.look();
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
    if (this.disposed) return;
    const isFollowing = this.all().some((run) => isReadable(run) && isLive(run.seen.state));
    this.timer = setTimeout(() => void this.look(), isFollowing ? LIVE_INTERVAL : IDLE_INTERVAL);
  }

  private async lookUntilSettled(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.lookOnce();
        this.trouble = undefined;
      } catch (error) {
        this.tellOnce(`Runs cannot be read: ${messageOf(error)}`);
      }
    } while (this.again && !this.disposed);
  }

  private async lookOnce(): Promise<void> {
    // A clock that never goes back.
    const now = performance.now();
    const interval = vscode.window.state.focused ? FULL_INTERVAL : BACKGROUND_INTERVAL;
    const isFull = now - this.lastFullLook >= interval;
    if (isFull) {
      this.lastFullLook = now;
      this.retortFolders = this.folders.all();
    }
    const change = await this.looker.look(this.retortFolders, isFull);
    const { added, changed, removed } = change;
    if (!this.disposed && added.length + changed.length + removed.length > 0) this.emitter.fire(change);
  }

  /** The same trouble comes back with every look. */
  private tellOnce(trouble: string): void {
    if (trouble !== this.trouble) this.log.warn(trouble);
    this.trouble = trouble;
  }
}
