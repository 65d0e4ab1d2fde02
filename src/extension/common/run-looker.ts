import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { errorCode, messageOf } from '../../common/errors';
import { listRunIds, openRun, readRecipe, type RunFolder } from '../../runs/folder';
import { groupKeyOf } from '../../runs/groups';
import { readNotes } from '../../runs/notes';
import { readHeartbeat, RunObserver } from '../../runs/state';
import { isLive, isReadable, type RunChange, type SeenRun } from './seen-run';

/** Runs looked at side by side: enough to hide the disk's delay, few enough to leave the event loop free. */
const TOGETHER = 8;
/** The files that a run's row is made of. */
const FILES = ['run.json', 'notes.json', 'recipe.json'] as const;

type Stamps = Readonly<Record<(typeof FILES)[number], string>>;

interface Known {
  readonly observer: RunObserver;
  seen?: SeenRun;
  stamps?: Stamps;
}

/**
 * Looks at the files of all runs, and says what has changed since the last look. It never holds the event loop for
 * long: nothing larger than a `run.json` is read at once, and nothing at all of what has not changed.
 */
export class RunLooker {
  private readonly known = new Map<string, Known>();

  all(): SeenRun[] {
    return [...this.known.values()].flatMap(({ seen }) => (seen === undefined ? [] : [seen]));
  }

  get(key: string): SeenRun | undefined {
    return this.known.get(key)?.seen;
  }

  /**
   * Looks once; not to be called before the last call has ended.
   * @param isFull also at runs that are over: notes, damage, a resume by somebody else
   */
  async look(retortFolders: readonly string[], isFull: boolean): Promise<RunChange> {
    const found = await this.find(retortFolders);
    const removed = this.all().filter(({ key }) => !found.has(key));
    const added: SeenRun[] = [];
    const changed: SeenRun[] = [];
    for (const { key } of removed) this.known.delete(key);
    await inBatches([...found.values()], async (run) => {
      const known = this.known.get(run.folder) ?? { observer: new RunObserver(run) };
      const before = known.seen;
      if (before !== undefined && !isFull && !isToBeFollowed(before)) return;
      const seen = await see(run, known);
      if (seen === undefined || isDeepStrictEqual(seen, before)) return;
      known.seen = seen;
      this.known.set(run.folder, known);
      (before === undefined ? added : changed).push(seen);
    });
    return { added: added.sort(byId), changed: changed.sort(byId), removed };
  }

  /** All run folders by key. A folder that cannot be opened stays out: it may be half deleted. */
  private async find(retortFolders: readonly string[]): Promise<Map<string, RunFolder>> {
    const found = new Map<string, RunFolder>();
    for (const given of retortFolders) {
      // Keys are real paths: two ways to one folder are one.
      const folder = await fs.realpath(given).catch(() => given);
      await inBatches(await listRunIds(folder), async (id) => {
        const known = this.known.get(path.join(folder, 'runs', id))?.seen?.run;
        const run = known ?? (await openRun(folder, id).catch(() => undefined));
        if (run !== undefined) found.set(run.folder, run);
      });
    }
    return found;
  }
}

function isToBeFollowed(run: SeenRun): boolean {
  return isReadable(run) && isLive(run.seen.state);
}

/** What a run is now; the same object as before if its files are the same, undefined if it is gone. */
async function see(run: RunFolder, known: Known): Promise<SeenRun | undefined> {
  const before = known.seen;
  let notes = before?.notes ?? {};
  try {
    const stamps = await stampsOf(run);
    if (stamps === undefined) return undefined;
    const isSame = (file: keyof Stamps): boolean => known.stamps?.[file] === stamps[file];
    if (before !== undefined && isSettled(before) && FILES.every(isSame)) return before;
    if (!isSame('notes.json')) notes = await readNotes(run).catch(() => ({}));
    const isKept = before !== undefined && isReadable(before) && isSame('recipe.json');
    known.stamps = stamps;
    const recipe = isKept ? before.seen.recipe : await readRecipe(run);
    const { state, info: read } = await known.observer.look();
    // The same object while it says the same: whoever works with many runs goes by that.
    const isUnchanged =
      before !== undefined && isReadable(before) && isDeepStrictEqual(read, before.seen.info);
    const info = isUnchanged ? before.seen.info : read;
    // Kept by that: now, one by one, and not of all runs at once when they are first grouped.
    groupKeyOf({ recipe, info });
    // A torn heartbeat is written again in 2 s.
    const heartbeat = isLive(state) ? await readHeartbeat(run).catch(() => undefined) : undefined;
    return {
      key: run.folder,
      run,
      notes,
      seen: { state, info, recipe, ...(heartbeat && { step: heartbeat.step }) },
    };
  } catch (error) {
    return { key: run.folder, run, notes, seen: messageOf(error) };
  }
}

/** Whether a run stays as it is for as long as its files do: its state does not depend on a process. */
function isSettled(run: SeenRun): boolean {
  if (!isReadable(run)) return false;
  return !isLive(run.seen.state) && run.seen.state !== 'interrupted';
}

/** What tells one content of a run's files from another; undefined where the folder is gone. */
async function stampsOf({ folder }: RunFolder): Promise<Stamps | undefined> {
  const stamps = await Promise.all(FILES.map((file) => stampOf(path.join(folder, file))));
  if (stamps.every((stamp) => stamp === 'absent') && (await stampOf(folder)) === 'absent') return undefined;
  return Object.fromEntries(FILES.map((file, index) => [file, stamps[index]!])) as Stamps;
}

async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await fs.lstat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'absent';
    throw error;
  }
}

async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += TOGETHER) {
    await Promise.all(items.slice(start, start + TOGETHER).map(work));
  }
}

function byId(one: SeenRun, other: SeenRun): number {
  return one.run.id < other.run.id ? -1 : 1;
}
