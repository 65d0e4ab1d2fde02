import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { plural, pointsWithSpread } from '../../../common/format';
import { groupBy } from '../../../common/group-by';
import { compareRuns, type Comparison, type GroupResult } from '../../../runs/compare';
import type { ReadableRun } from '../../../runs/folder';
import { isLive, isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import { joinParts, type Row } from './row';
import { runMetric, runRow, unreadableRow } from './run-row';

export type Sort = 'newest' | 'best' | 'name';

export interface TreeOptions {
  readonly sort: Sort;
  /** Which runs are shown; figures of groups stay those of all runs. */
  readonly filter: (run: SeenRun) => boolean;
  readonly now: Date;
  readonly secondsLeft: (run: ReadableSeenRun) => number | undefined;
}

/** A row, and what it is put in order by. */
interface Ordered {
  readonly row: Row;
  /** The id of the newest run in it. */
  readonly newest: string;
  readonly best: number | undefined;
}

interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly runs: readonly ReadableSeenRun[];
}

/** The tree of experiments, groups and runs; comparisons are kept from one call to the next. */
export class Experiments {
  private comparisons = new Map<string, { readonly of: Experiment; readonly comparison: Comparison }>();

  /** Compares the runs ahead of `collect`, one experiment at a time: many would hold up everything else. */
  async prepare(runs: readonly SeenRun[]): Promise<void> {
    for (const [folder, members] of byFolder(runs)) {
      for (const experiment of experimentsOf(folder, members)) {
        this.compare(experiment);
        await setImmediate();
      }
    }
  }

  collect(runs: readonly SeenRun[], options: TreeOptions): Row[] {
    const rows = [...byFolder(runs)].map(([folder, members]): Row => {
      const children = this.collectFolder(folder, members, options);
      return {
        ...container(`folder ${folder}`, path.basename(path.dirname(folder)), children),
        description: path.dirname(path.dirname(folder)),
        icon: { name: 'root-folder' },
        context: 'folder',
        about: { kind: 'folder' },
        startsOpen: true,
      };
    });
    if (rows.length <= 1) return [...(rows[0]?.children ?? [])];
    return rows.filter(({ children }) => children.length > 0).sort((a, b) => byName(a.label, b.label));
  }

  private collectFolder(folder: string, runs: readonly SeenRun[], options: TreeOptions): Row[] {
    const ordered = experimentsOf(folder, runs).flatMap((experiment) =>
      experimentRow(experiment, this.compare(experiment), options),
    );
    return [...inOrder(ordered, options.sort), ...damagedRows(folder, runs, options)];
  }

  private compare(experiment: Experiment): Comparison {
    const known = this.comparisons.get(experiment.id);
    if (known !== undefined && isSame(known.of.runs, experiment.runs)) return known.comparison;
    const comparison = compareRuns(experiment.runs.map(asReadableRun));
    this.comparisons.set(experiment.id, { of: experiment, comparison });
    return comparison;
  }
}

function byFolder(runs: readonly SeenRun[]): Map<string, SeenRun[]> {
  return groupBy(runs, ({ run }) => run.retortFolder);
}

function experimentsOf(folder: string, runs: readonly SeenRun[]): Experiment[] {
  const experiments = groupBy(runs.filter(isReadable), ({ seen }) => seen.recipe.name);
  return [...experiments].map(([name, members]) => ({
    id: `experiment ${folder} ${name}`,
    name,
    runs: members,
  }));
}

function experimentRow(
  { id, name, runs }: Experiment,
  comparison: Comparison,
  options: TreeOptions,
): Ordered[] {
  const byKey = new Map(runs.map((run) => [run.key, run]));
  const groups = comparison.results.flatMap((result) => groupRow(id, result, byKey, comparison, options));
  const children = inOrder(groups, options.sort);
  const total = comparison.results.length;
  if (children.length === 0) return [];
  const live = runs.filter(({ seen }) => seen.state === 'running').length;
  const row: Row = {
    ...container(id, name, children),
    description: joinParts(
      live > 0 && l10n.t('{0} running', live),
      total === 1 ? plural(runs.length, 'run') : plural(total, 'group'),
    ),
    icon: { name: 'beaker' },
    context: 'experiment',
    about: { kind: 'experiment' },
    startsOpen: runs.some(({ seen }) => isLive(seen.state)),
  };
  return [orderedBy(row, groups)];
}

function groupRow(
  experiment: string,
  result: GroupResult,
  runs: ReadonlyMap<string, ReadableSeenRun>,
  { split, results }: Comparison,
  { filter, now, secondsLeft, sort }: TreeOptions,
): Ordered[] {
  const members = result.group.runs.flatMap(({ run }) => runs.get(run.folder) ?? []);
  const ordered = members.filter(filter).map((run): Ordered => {
    const left = secondsLeft(run);
    return {
      row: runRow(run, { split, now, ...(left !== undefined && { secondsLeft: left }) }),
      newest: run.run.id,
      best: runMetric(run, split),
    };
  });
  if (ordered.length === 0) return [];
  const { group, accuracy, isBaseline } = result;
  const row: Row = {
    ...container(`group ${experiment} ${group.key}`, group.label, inOrder(ordered, sort)),
    // A narrow side bar cuts the end off.
    description: joinParts(
      accuracy && pointsWithSpread(accuracy.mean, accuracy.deviation),
      isBaseline && results.length > 1 && l10n.t('baseline'),
      accuracy ? plural(accuracy.count, 'seed') : plural(members.length, 'run'),
      members.some(({ notes }) => notes.star === true) && '★',
    ),
    icon: { name: 'layers' },
    context: isBaseline ? 'group baseline' : 'group',
    about: { kind: 'group', result, split },
    startsOpen: members.some(({ seen }) => isLive(seen.state)),
  };
  return [{ ...orderedBy(row, ordered), best: accuracy?.mean }];
}

/** Runs whose recipe is not known, and so not their experiment either. */
function damagedRows(folder: string, runs: readonly SeenRun[], { filter }: TreeOptions): Row[] {
  const rows = runs.flatMap((run) =>
    typeof run.seen === 'string' && filter(run) ? [unreadableRow(run, run.seen)] : [],
  );
  if (rows.length === 0) return [];
  return [
    {
      ...container(`damaged ${folder}`, l10n.t('Damaged'), rows.reverse()),
      description: plural(rows.length, 'run'),
      icon: { name: 'warning' },
      context: 'damaged',
      about: { kind: 'damaged' },
      startsOpen: false,
    },
  ];
}

function container(
  id: string,
  label: string,
  children: readonly Row[],
): Pick<Row, 'id' | 'label' | 'children' | 'keys' | 'isOpenable'> {
  return { id, label, children, keys: children.flatMap(({ keys }) => keys), isOpenable: true };
}

function orderedBy(row: Row, members: readonly Ordered[]): Ordered {
  const best = members.map((member) => member.best ?? -Infinity).reduce((a, b) => Math.max(a, b));
  return {
    row,
    newest: members.map(({ newest }) => newest).reduce((a, b) => (a > b ? a : b)),
    best: best === -Infinity ? undefined : best,
  };
}

function inOrder(rows: readonly Ordered[], sort: Sort): Row[] {
  const byNewest = (a: Ordered, b: Ordered): number => (a.newest < b.newest ? 1 : -1);
  const orders: Record<Sort, (a: Ordered, b: Ordered) => number> = {
    newest: byNewest,
    best: (a, b) => (b.best ?? -Infinity) - (a.best ?? -Infinity) || byNewest(a, b),
    name: (a, b) => byName(a.row.label, b.row.label) || byNewest(a, b),
  };
  return [...rows].sort(orders[sort]).map(({ row }) => row);
}

/** `seed 2` before `seed 10`. */
const byName = new Intl.Collator(undefined, { numeric: true }).compare;

function asReadableRun({ run, seen: { info, recipe } }: ReadableSeenRun): ReadableRun {
  return { run, info, recipe };
}

/** Whether runs are the same in what they are compared by; a heartbeat changes nothing of that. */
function isSame(some: readonly ReadableSeenRun[], others: readonly ReadableSeenRun[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ seen }, index) => {
      const other = others[index]!.seen;
      return seen.info === other.info && seen.recipe === other.recipe;
    })
  );
}
