import type { Command } from 'commander';
import { InputError } from '../../common/errors';
import { readRecipe } from '../../runs/folder';
import { stateOf } from '../../runs/state';
import type { RunState } from '../../runs/types';
import { contextOf } from '../context';
import { runToEnd } from '../execute';
import { RUN_ARGUMENT, selectRun } from '../select-run';

const RESUMABLE: readonly RunState[] = ['queued', 'stopped', 'failed', 'interrupted'];

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run from its last checkpoint')
    .argument('<run>', RUN_ARGUMENT)
    .option('--take-over', 'also a run of another host, which is known to work on it no longer')
    .action(async (id: string, options: { takeOver?: boolean }, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const run = await selectRun(retortFolder, id);
      const { state, info } = await stateOf(run);
      if (!RESUMABLE.includes(state))
        throw new InputError(`Run ${run.id} is ${state}: there is nothing to resume`);
      const recipe = await readRecipe(run);
      const device = info.backend?.note ?? `backend ${info.requestedBackend ?? 'auto'}`;
      await runToEnd(run, recipe, { output, device, takeOver: options.takeOver === true });
    });
}
