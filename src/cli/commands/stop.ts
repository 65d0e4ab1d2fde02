import type { Command } from 'commander';
import { requestStop } from '../../runs/ask';
import { contextOf } from '../context';
import { RUN_ARGUMENT, selectRun } from '../select-run';

export function addStop(program: Command): void {
  program
    .command('stop')
    .description('ask a run to write a checkpoint and end')
    .argument('<run>', RUN_ARGUMENT)
    .action(async (id: string, _options, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const run = await selectRun(retortFolder, id);
      await requestStop(run);
      output.result(
        { id: run.id, requested: 'stop' },
        () => `Run ${run.id} will write a checkpoint and stop; go on with: retort resume ${run.id}`,
      );
    });
}
