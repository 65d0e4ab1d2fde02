import { type Command, Option } from 'commander';
import { backendChoice } from '../../backends';
import { inspect } from '../../launch/inspect';
import { EvaluateRequest } from '../../protocol/inspector';
import type { CheckpointName } from '../../recipe/reference';
import { contextOf } from '../context';
import { backendOption, checkpointOption, timeLimitOption } from '../options';
import { count, percent } from '../../common/format';
import { lossText } from '../output/run-lines';
import { StageDisplay } from '../output/stage-display';
import { recipeOfTrained } from '../../runs/trained';
import { RUN_ARGUMENT, selectRun } from '../select-run';
import { workspaceOf } from '../workspace';

interface EvalOptions {
  readonly split: 'validation' | 'test';
  readonly checkpoint?: CheckpointName;
  readonly backend?: string;
  readonly timeLimit: number;
}

export function addEval(program: Command): void {
  program
    .command('eval')
    .description("evaluate a run's student")
    .argument('<run>', RUN_ARGUMENT)
    .addOption(
      new Option('--split <name>', 'the images to evaluate on')
        .choices(['validation', 'test'])
        .default('validation'),
    )
    .addOption(checkpointOption())
    .addOption(backendOption())
    .addOption(timeLimitOption())
    .action(async (id: string, options: EvalOptions, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const { split, checkpoint, timeLimit } = options;
      const run = await selectRun(retortFolder, id);
      const question = {
        workspace: workspaceOf(retortFolder),
        retort: retortFolder,
        backend: backendChoice(options.backend),
        recipe: await recipeOfTrained(run, checkpoint),
        split,
      };
      const { score, backend } = await new StageDisplay(output).during('Loading the run', (onStage) =>
        inspect(EvaluateRequest, question, { timeLimit, onStage }),
      );
      const { accuracy, loss, samples } = score;
      output.note(backend);
      output.result(
        { run: run.id, split, checkpoint, ...score, backend },
        () =>
          `${run.id}   ${split} ${percent(accuracy, 2)}   loss ${lossText(loss)}   ${count(samples)} images`,
      );
    });
}
