import * as path from 'node:path';
import type { Command } from 'commander';
import { backendChoice } from '../../backends';
import { inspect } from '../../launch/inspect';
import { ExportRequest } from '../../protocol/inspector';
import type { CheckpointName } from '../../recipe/reference';
import { contextOf } from '../context';
import { backendOption, checkpointOption, timeLimitOption } from '../options';
import { StageDisplay } from '../output/stage-display';
import { recipeOfTrained } from '../../runs/trained';
import { RUN_ARGUMENT, selectRun } from '../select-run';
import { workspaceOf } from '../workspace';

interface ExportOptions {
  readonly to: string;
  readonly checkpoint?: CheckpointName;
  readonly backend?: string;
  readonly timeLimit: number;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description("write a run's student, alone, as a TensorFlow.js model")
    .argument('<run>', RUN_ARGUMENT)
    .requiredOption('--to <folder>', 'where to')
    .addOption(checkpointOption())
    .addOption(backendOption())
    .addOption(timeLimitOption())
    .action(async (id: string, options: ExportOptions, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const { checkpoint, timeLimit } = options;
      const run = await selectRun(retortFolder, id);
      const folder = path.resolve(options.to);
      const question = {
        workspace: workspaceOf(retortFolder),
        retort: retortFolder,
        backend: backendChoice(options.backend),
        recipe: await recipeOfTrained(run, checkpoint),
        folder,
      };
      await new StageDisplay(output).during('Loading the run', (onStage) =>
        inspect(ExportRequest, question, { timeLimit, onStage }),
      );
      output.result(
        { run: run.id, checkpoint, folder },
        () => `Written to ${path.join(folder, 'model.json')}`,
      );
    });
}
