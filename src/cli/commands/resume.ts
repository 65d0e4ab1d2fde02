import type { Command } from 'commander';
import { InputError } from '../../common/errors';
import { readRecipe } from '../../runs/folder';
import { stateOf } from '../../runs/state';
import { contextOf } from '../context';
import { startRun, watchToEnd } from '../execute';
import { RUN_ARGUMENT, selectRun } from '../select-run';

export function addResume(program: Command): void {
  program
    .command('resume')
    .description('go on with a run from its last checkpoint')
    .argument('<run>', RUN_ARGUMENT)
    .option('--take-over', 'also a run of another host, which is known to work on it no longer')
    .action(async (id: string, options: { takeOver?: boolean }, command: Command) => {
      const { output, retortFolder } = await contextOf(command);
      const run = await selectRun(retortFolder, id);
      const { state, info } = await stateOf(run);
      if (state === 'done') throw new InputError(`Run ${run.id} is done; there is nothing to resume`);
      const device = info.backend?.note ?? `backend ${info.requestedBackend ?? 'auto'}`;
      const recipe = await readRecipe(run);
      const { takeOver = false } = options;
      const started = await startRun(run, recipe, { output, device, takeOver });
      await watchToEnd(started, recipe, { output, retortFolder });
    });
}
