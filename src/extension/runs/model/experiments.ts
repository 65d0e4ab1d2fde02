import * as path from 'node:path';
import * as l10n from '@vscode/l10n';
import { plural, pointsWithSpread } from '../../../common/format';
import { groupBy } from '../../../common/group-by';
import { compareRuns, type Comparison, type GroupResult } from '../../../runs/compare';
import type { ReadableRun } from '../../../runs/folder';
import { isLive, isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import { matches } from './filter';
import { joinParts, type Row } from './row';
import { runMetric, runRow, unreadableRow } from './run-row';

export type Sort = 'newest' | 'best' | 'name';

export interface TreeOptions {
  readonly sort: Sort;
  /** Only runs that match; figures of groups stay those of all runs. */
  readonly filter: string;
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

/** The tree of experiments, groups and runs; comparisons are kept from one call to the next. */
export class Experiments {
  private comparisons = new Map<
    string,
    { readonly members: readonly SeenRun[]; readonly comparison: Comparison }
  >();

  collect(runs: readonly SeenRun[], options: TreeOptions): Row[] {
    const folders = groupBy(runs, ({ run }) => run.retortFolder);
    const kept = this.comparisons;
    this.comparisons = new Map();
    const rows = [...folders].map(([folder, members]): Row => {
      const children = this.collectFolder(folder, members, options, kept);
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

  private collectFolder(
    folder: string,
    runs: readonly SeenRun[],
    options: TreeOptions,
    kept: Experiments['comparisons'],
  ): Row[] {
    const experiments = groupBy(runs.filter(isReadable), ({ seen }) => seen.recipe.name);
    const ordered = [...experiments].flatMap(([name, members]) => {
      const id = `experiment ${folder} ${name}`;
      const known = kept.get(id);
      const comparison =
        known && isSame(known.members, members) ? known.comparison : compareRuns(members.map(asReadableRun));
      this.comparisons.set(id, { members, comparison });
      return experimentRow(id, name, members, comparison, options);
    });
    return [...inOrder(ordered, options.sort), ...damagedRows(folder, runs, options)];
  }
}

function experimentRow(
  id: string,
  name: string,
  runs: readonly ReadableSeenRun[],
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
      total === 1 ? plural(runs.length, 'run') : plural(total, 'group'),
      live > 0 && l10n.t('{0} running', live),
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
  const ordered = members
    .filter((run) => matches(run, filter))
    .map((run): Ordered => {
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
    description: joinParts(
      accuracy && pointsWithSpread(accuracy.mean, accuracy.deviation),
      accuracy ? plural(accuracy.count, 'seed') : plural(members.length, 'run'),
      members.some(({ notes }) => notes.star === true) && '★',
      isBaseline && results.length > 1 && l10n.t('baseline'),
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
    typeof run.seen === 'string' && matches(run, filter) ? [unreadableRow(run, run.seen)] : [],
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

function isSame(some: readonly SeenRun[], others: readonly SeenRun[]): boolean {
  return some.length === others.length && some.every((run, index) => run === others[index]);
}
