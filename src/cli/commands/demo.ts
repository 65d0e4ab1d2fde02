import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { backendChoice, type BackendChoice, listBackends } from '../../backends';
import { packageRoot } from '../../common/files';
import { CheckpointStore } from '../../runs/checkpoints';
import { compareRuns } from '../../runs/compare';
import { listRuns, type ReadableRun } from '../../runs/folder';
import { contextOf, type CommandContext } from '../context';
import { executeRecipe } from '../execute';
import { backendOption } from '../options';
import { comparisonForPrograms, compareTable } from '../output/compare-table';
import { duration } from '../../common/format';
import { StageDisplay } from '../output/stage-display';
import { checkRecipe, type LoadedRecipe, loadRecipe } from '../../launch/recipes';
import { workspaceOf } from '../workspace';

/** For machines without TensorFlow, where a step takes ten times as long: enough for the teacher to be ahead. */
const QUICK = ['train.epochs=3', 'data.train.limit=2000', 'data.validation.limit=1000', 'report.test=false'];

const STUDENTS = ['alone', 'kd', 'tat', 'kd-tat'];

interface DemoOptions {
  readonly quick?: boolean;
  readonly backend?: string;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('a teacher, a student alone and the same student distilled, on Fashion-MNIST')
    .option('--quick', 'a smaller budget: shows the way, not what can be reached')
    .addOption(backendOption())
    .action(async (options: DemoOptions, command: Command) => {
      const startedAt = performance.now();
      const context = contextOf(command);
      const { output, retortFolder } = context;
      const backend = backendChoice(options.backend);
      const budget = options.quick || (await hasOnlyWasm(backend)) ? QUICK : [];
      if (budget.length > 0) output.note(`A smaller budget than the full demo's: ${budget.join(', ')}`);

      const demo = new Demo(context, backend);
      const teacher = await demo.teacher(budget);
      const students: ReadableRun[] = [];
      for (const name of STUDENTS) {
        const weights = name === 'alone' ? [] : [`teacher.weights=run:${teacher.run.id}/best`];
        students.push(await demo.train(loadDemo(retortFolder, name, [...budget, ...weights])));
      }
      const comparison = compareRuns(students);
      const seconds = (performance.now() - startedAt) / 1000;
      const summary = { event: 'summary', seconds, comparison: comparisonForPrograms(comparison) };
      output.event(
        summary,
        [
          '',
          compareTable(comparison),
          '',
          `${duration(seconds)} in all; the runs are in ${path.relative(process.cwd(), path.join(retortFolder, 'runs'))}`,
        ].join('\n'),
      );
    });
}

/** Trains the demo's recipes one after the other, through the same path as `retort run`. */
class Demo {
  constructor(
    private readonly context: CommandContext,
    private readonly backend: BackendChoice,
  ) {}

  async train(loaded: LoadedRecipe): Promise<ReadableRun> {
    const { output, retortFolder } = this.context;
    const { backend } = this;
    output.note('');
    const { backend: device } = await new StageDisplay(output).during('Checking the recipe', (onStage) =>
      checkRecipe(loaded, { backend, trial: false, timeLimit: 60, onStage }),
    );
    return executeRecipe(loaded.recipe, { output, retortFolder, backend, device });
  }

  /** The teacher's run, made anew only where no finished one of the very same recipe is there. */
  async teacher(budget: readonly string[]): Promise<ReadableRun> {
    const { output, retortFolder } = this.context;
    const loaded = loadDemo(retortFolder, 'teacher', budget);
    for (const listed of await listRuns(retortFolder)) {
      if ('unreadable' in listed || listed.info.state !== 'done') continue;
      if (!isDeepStrictEqual(listed.recipe, loaded.recipe)) continue;
      const checkpoints = await new CheckpointStore(listed.run).list();
      if (!checkpoints.some((checkpoint) => checkpoint.best)) continue;
      output.note(`The teacher is there already: run ${listed.run.id}`);
      return listed;
    }
    return this.train(loaded);
  }
}

function loadDemo(retortFolder: string, name: string, overrides: readonly string[]): LoadedRecipe {
  const file = path.join(packageRoot(), 'examples', 'demo', `${name}.distill.json`);
  return loadRecipe(file, overrides, workspaceOf(retortFolder));
}

async function hasOnlyWasm(backend: BackendChoice): Promise<boolean> {
  if (backend !== 'auto') return backend === 'wasm';
  return (await listBackends()).find((status) => status.usable)?.name === 'wasm';
}
