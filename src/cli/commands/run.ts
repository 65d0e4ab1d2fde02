import type { Command } from 'commander';
import { backendChoice } from '../../backends';
import { scoreOf } from '../../runs/compare';
import { type ReadableRun } from '../../runs/folder';
import { summarize } from '../../runs/statistics';
import { contextOf } from '../context';
import { startDetached, executeRecipe } from '../execute';
import { backendOption, parseSeeds, setOption, timeLimitOption } from '../options';
import { pointsWithSpread } from '../../common/format';
import type { Output } from '../output/output';
import { StageDisplay } from '../output/stage-display';
import { checkRecipe, loadRecipe } from '../../launch/recipes';

interface RunOptions {
  readonly seeds?: readonly number[];
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly timeLimit: number;
  readonly detach?: boolean;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('train what a recipe says; Ctrl-C stops after a checkpoint, a second one at once')
    .argument('<recipe>', 'a *.distill.json file')
    .option('--seeds <list>', 'a run for each of these seeds, as in 0,1,2', parseSeeds)
    .addOption(setOption())
    .addOption(backendOption())
    .option('--detach', 'only start the run; it goes on without this terminal')
    .addOption(timeLimitOption())
    .action(async (file: string, options: RunOptions, command: Command) => {
      const { output } = contextOf(command);
      const backend = backendChoice(options.backend);
      const loaded = loadRecipe(file, options.set ?? []);
      const { recipe, retortFolder } = loaded;
      const { timeLimit } = options;
      const { backend: device } = await new StageDisplay(output).during('Checking the recipe', (onStage) =>
        checkRecipe(loaded, { backend, trial: false, timeLimit, onStage }),
      );
      const seeds = options.seeds ?? [recipe.train.seed];
      const finished: ReadableRun[] = [];
      for (const seed of seeds) {
        const seeded = { ...recipe, train: { ...recipe.train, seed } };
        const execution = { output, retortFolder, backend, device };
        if (options.detach) await startDetached(seeded, execution);
        else finished.push(await executeRecipe(seeded, execution));
      }
      if (finished.length > 1) tellSummary(output, finished);
    });
}

/** Mean and standard deviation over the seeds. */
function tellSummary(output: Output, runs: readonly ReadableRun[]): void {
  const split = runs.every(({ info }) => info.test !== undefined) ? 'test' : 'validation';
  const scores = runs.map((run) => scoreOf(run, split)?.accuracy);
  const accuracy = summarize(scores.filter((score) => score !== undefined));
  if (accuracy === undefined) return;
  const { name } = runs[0]!.recipe;
  output.event(
    { event: 'summary', name, split, accuracy, runs: runs.map(({ run }) => run.id) },
    `${accuracy.count} seeds   ${split} accuracy ${pointsWithSpread(accuracy.mean, accuracy.deviation)}`,
  );
}
