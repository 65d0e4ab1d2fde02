import type { Command } from 'commander';
import { InputError } from '../../common/errors';
import { amongst } from '../../common/suggest';
import { isRunId } from '../../recipe/reference';
import { compareRuns } from '../../runs/compare';
import { listRuns, type ReadableRun } from '../../runs/folder';
import { contextOf } from '../context';
import { comparisonForPrograms, compareTable } from '../output/compare-table';
import { plural } from '../output/format';
import { RUN_ARGUMENT, selectRun } from '../select-run';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('groups of runs over their seeds: accuracy, gap recovered, difference to the baseline, time')
    .argument('[experiments and runs...]', `an experiment's name, or ${RUN_ARGUMENT}; default: all`)
    .action(async (names: readonly string[], _options, command: Command) => {
      const { output, retortFolder } = await contextOf(command);
      const runs = await chooseRuns(retortFolder, names);
      const comparison = compareRuns(runs);
      const counted = comparison.results.reduce((sum, result) => sum + result.counted.length, 0);
      if (counted < runs.length) {
        output.note(
          `${plural(runs.length - counted, 'run')} not counted: not done, or repeated with the same seed`,
        );
      }
      output.result(comparisonForPrograms(comparison), () =>
        runs.length === 0 ? `No runs in ${retortFolder} yet` : compareTable(comparison),
      );
    });
}

async function chooseRuns(retortFolder: string, names: readonly string[]): Promise<ReadableRun[]> {
  const runs = (await listRuns(retortFolder)).filter((listed) => 'info' in listed);
  if (names.length === 0) return runs;
  const chosen = new Set<ReadableRun>();
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
