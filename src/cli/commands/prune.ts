import type { Command } from 'commander';
import { pruneRuns } from '../../runs/prune';
import { contextOf } from '../context';
import { bytes, plural } from '../../common/format';
import { table } from '../output/table';

export function addPrune(program: Command): void {
  program
    .command('prune')
    .description('remove the checkpoints that nothing needs')
    .option('--dry-run', 'only say what would be removed')
    .action(async (options: { dryRun?: boolean }, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const dryRun = options.dryRun === true;
      const pruned = await pruneRuns(retortFolder, { dryRun });
      const total = pruned.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
      const entries = pruned.map((checkpoint) => ({ ...checkpoint, run: checkpoint.run.id }));
      output.result({ dryRun, bytes: total, checkpoints: entries }, () => {
        if (entries.length === 0) return 'Nothing to remove';
        const rows = entries.map(({ run, step, bytes: size }) => [run, `step-${step}`, bytes(size)]);
        const sum = `${plural(entries.length, 'checkpoint')}, ${bytes(total)}`;
        return [
          table([{ title: 'run' }, { title: 'checkpoint' }, { title: 'size', align: 'right' }], rows),
          `${dryRun ? 'Would remove' : 'Removed'} ${sum}`,
        ].join('\n');
      });
    });
}
