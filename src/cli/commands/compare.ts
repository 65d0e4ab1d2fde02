import type { Command } from 'commander';
import { InputError } from '../../common/errors';
import { amongst } from '../../common/suggest';
import { isRunId } from '../../recipe/reference';
import { compareRuns } from '../../runs/compare';
import { listRuns, readInfo, readRecipe, type ReadableRun } from '../../runs/folder';
import { groupKeyOf } from '../../runs/groups';
import { contextOf } from '../context';
import { comparisonForPrograms, compareTable } from '../output/compare-table';
import { plural } from '../../common/format';
import { RUN_ARGUMENT, selectRun } from '../select-run';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('groups of runs over their seeds: accuracy, gap recovered, difference to the baseline, time')
    .argument('[experiments and runs...]', `an experiment's name, or ${RUN_ARGUMENT}; default: all`)
    .option(
      '--baseline <run>',
      'compare with the group of this run (default: the group `alone`, if there is one)',
    )
    .action(async (names: readonly string[], options: { baseline?: string }, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const baseline = await baselineKey(retortFolder, options.baseline);
      const runs = await chooseRuns(retortFolder, names, baseline);
      const comparison = compareRuns(runs, baseline === undefined ? {} : { baseline });
      const counted = comparison.results.reduce((sum, result) => sum + result.counted.length, 0);
      if (counted < runs.length) {
        output.note(
          `${plural(runs.length - counted, 'run')} not counted: not done, or repeated with the same seed`,
        );
      }
      if (comparison.results.length > 1 && !comparison.results.some((result) => result.isBaseline)) {
        output.note(
          'No group `alone` that the others can be compared with, or several; name one with --baseline',
        );
      }
      output.result(comparisonForPrograms(comparison), () =>
        runs.length === 0 ? `No runs in ${retortFolder} yet` : compareTable(comparison),
      );
    });
}

/** The group that a run belongs to. */
async function baselineKey(retortFolder: string, run: string | undefined): Promise<string | undefined> {
  if (run === undefined) return undefined;
  const selected = await selectRun(retortFolder, run);
  const [recipe, info] = await Promise.all([readRecipe(selected), readInfo(selected)]);
  return groupKeyOf({ recipe, info });
}

/** The runs that were named, all by default, and those of the baseline's group. */
async function chooseRuns(
  retortFolder: string,
  names: readonly string[],
  baseline: string | undefined,
): Promise<ReadableRun[]> {
  const runs = (await listRuns(retortFolder)).filter((listed) => 'info' in listed);
  if (names.length === 0) return runs;
  const chosen = new Set(runs.filter((run) => groupKeyOf(run) === baseline));
  for (const name of names) {
    const members = await namedRuns(retortFolder, runs, name);
    for (const member of members) chosen.add(member);
  }
  return runs.filter((run) => chosen.has(run));
}

/** The runs of an experiment, or one run. */
async function namedRuns(
  retortFolder: string,
  runs: readonly ReadableRun[],
  name: string,
): Promise<ReadableRun[]> {
  const experiment = runs.filter(({ recipe }) => recipe.name === name);
  if (experiment.length > 0) return experiment;
  if (isRunId(name) || name === 'last' || /^\d{8}(-|$)/.test(name)) {
    const { id } = await selectRun(retortFolder, name);
    return runs.filter(({ run }) => run.id === id);
  }
  const experiments = [...new Set(runs.map(({ recipe }) => recipe.name))];
  throw new InputError(`There is no experiment "${name}"${amongst(name, experiments)}`);
}
