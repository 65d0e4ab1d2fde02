import type { Command } from 'commander';
import { requestStop } from '../../runs/ask';
import { contextOf } from '../context';
import { RUN_ARGUMENT, selectRun } from '../select-run';

interface StopOptions {
  readonly afterEpoch?: boolean;
}

export function addStop(program: Command): void {
  program
    .command('stop')
    .description('ask a run to write a checkpoint and end')
    .argument('<run>', RUN_ARGUMENT)
    .option('--after-epoch', 'let it finish the epoch at work, with its evaluation, first')
    .action(async (id: string, { afterEpoch = false }: StopOptions, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const run = await selectRun(retortFolder, id);
      await requestStop(run, afterEpoch ? 'epoch' : 'step');
      const when = afterEpoch
        ? 'finish its epoch, write a checkpoint and stop'
        : 'write a checkpoint and stop';
      output.result(
        { id: run.id, requested: afterEpoch ? 'stop-after-epoch' : 'stop' },
        () => `Run ${run.id} will ${when}; go on with: retort resume ${run.id}`,
      );
    });
}
