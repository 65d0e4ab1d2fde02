import { setImmediate } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { groupBy } from '../../../common/group-by';
import type { Choice } from '../../../protocol/panel-charts';
import { compareRuns, type GroupResult } from '../../../runs/compare';
import type { ReadableRun, RunFolder } from '../../../runs/folder';
import { experimentNames } from '../../common/experiment-names';
import { isLive, isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';

/** So many colours each folder's experiments begin after those of the one before: twins in two folders differ. */
const COLOURS_A_FOLDER = 4;

/** A run or a group that can be drawn and compared. */
export interface Candidate {
  readonly choice: Choice;
  /** Whose curves are drawn: the run, or those of the group that count. */
  readonly runs: readonly RunFolder[];
  /** Changes when its curves may have. */
  readonly stamp: string;
  /** The group, or the run's. */
  readonly group: GroupResult;
  /** Absent for a group. */
  readonly run?: ReadableRun;
}

/** What an experiment is called in this window, and its first colour. */
type Place = Pick<Choice, 'experiment' | 'color'>;

/** The candidates of an experiment, and what they were made of. */
interface Known {
  readonly seen: readonly ReadableSeenRun[];
  readonly candidates: readonly Candidate[];
}

/** All runs and groups: within an experiment in the order in which they came. Those of what has not changed are kept. */
export class Candidates {
  private known = new Map<string, Known>();

  /** Lets others work between two experiments: hundreds of runs take a while. */
  async of(seen: readonly SeenRun[]): Promise<Candidate[]> {
    const readable = seen.filter(isReadable).sort((one, other) => (one.run.id < other.run.id ? -1 : 1));
    const nameOf = experimentNames(seen);
    const folders = [...new Set(readable.map(({ run }) => run.retortFolder))];
    const placeOf = (run: ReadableSeenRun): Place => ({
      experiment: nameOf(run),
      color: folders.indexOf(run.run.retortFolder) * COLOURS_A_FOLDER,
    });
    const experiments = groupBy(readable, (run) => JSON.stringify([run.run.retortFolder, placeOf(run)]));
    const known = new Map<string, Known>();
    for (const [key, runs] of experiments) {
      const before = this.known.get(key);
      if (before !== undefined && isSameList(before.seen, runs)) known.set(key, before);
      else {
        known.set(key, { seen: runs, candidates: candidatesOfExperiment(runs, placeOf(runs[0]!)) });
        await setImmediate();
      }
    }
    this.known = known;
    return [...known.values()].flatMap(({ candidates }) => candidates);
  }
}

/** Whether two lists hold the same objects. */
export function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function candidatesOfExperiment(
  seen: readonly ReadableSeenRun[],
  { experiment, color: first }: Place,
): Candidate[] {
  const byKey = new Map(seen.map((run) => [run.key, run]));
  const { results } = compareRuns(seen.map(readableRun));
  // Groups and their runs come in the order in which they were made, so colours stay when more come.
  return results.flatMap((result, index) => {
    const members = result.group.runs.map(({ run }) => byKey.get(run.folder)!);
    const color = first + index;
    return [
      groupCandidate(result, members, { experiment, color }),
      ...members.map((run, position) => runCandidate(run, result, { experiment, color: color + position })),
    ];
  });
}

/** What a group is addressed by: its key is the same in every folder of runs. */
export function groupCandidateKey({ group }: GroupResult): string {
  return `${group.runs[0]!.run.retortFolder}#${group.key}`;
}

/** Whether two groups are of one folder's runs and of one experiment there. */
export function isOfSameExperiment({ group: one }: GroupResult, { group: other }: GroupResult): boolean {
  return (
    one.experiment === other.experiment && one.runs[0]!.run.retortFolder === other.runs[0]!.run.retortFolder
  );
}

function groupCandidate(group: GroupResult, members: readonly ReadableSeenRun[], place: Place): Candidate {
  const runs = group.counted.map(({ run }) => run);
  return {
    choice: {
      key: groupCandidateKey(group),
      kind: 'group',
      ...place,
      label: group.group.label,
      runs: runs.length,
      live: members.some(({ seen: { state } }) => isLive(state)),
    },
    runs,
    stamp: runs.map(({ id }) => id).join(),
    group,
  };
}

function runCandidate(run: ReadableSeenRun, group: GroupResult, place: Place): Candidate {
  const { state, info, step = 0, recipe } = run.seen;
  return {
    choice: {
      key: run.key,
      kind: 'run',
      ...place,
      label: run.notes.name ?? l10n.t('{0}, seed {1}', group.group.label, recipe.train.seed),
      runs: 1,
      live: isLive(state),
    },
    runs: [run.run],
    stamp: `${info.attempt} ${step} ${info.progress?.step ?? 0} ${state}`,
    group,
    run: readableRun(run),
  };
}

export function readableRun({ run, seen: { info, recipe } }: ReadableSeenRun): ReadableRun {
  return { run, info, recipe };
}
