import type { Command } from 'commander';
import { variantOf } from '../../recipe/names';
import type { Recipe } from '../../recipe/schema';
import { listRuns } from '../../runs/folder';
import { type ObservedRun, stateOf } from '../../runs/state';
import type { RunInfo } from '../../runs/types';
import { contextOf } from '../context';
import { ago, percent } from '../../common/format';
import { epochProgress } from '../output/run-lines';
import { table } from '../output/table';

type Row =
  | (ObservedRun & { readonly id: string; readonly folder: string; readonly recipe: Recipe })
  | { readonly id: string; readonly folder: string; readonly unreadable: string };

export function addList(program: Command): void {
  program
    .command('list')
    .description('all runs, the newest first')
    .action(async (_options, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const rows = await readRows(retortFolder);
      output.result(rows.map(forPrograms), () =>
        rows.length === 0 ? `No runs in ${retortFolder} yet; start one with retort run` : runsTable(rows),
      );
      for (const row of rows) {
        if ('unreadable' in row) output.note(`Run ${row.id} cannot be read: ${row.unreadable}`);
      }
    });
}

async function readRows(retortFolder: string): Promise<Row[]> {
  const runs = await listRuns(retortFolder);
  return Promise.all(
    runs.reverse().map(async (listed) => {
      const { id, folder } = listed.run;
      if ('unreadable' in listed) return { id, folder, unreadable: listed.unreadable };
      return { id, folder, recipe: listed.recipe, ...(await stateOf(listed.run)) };
    }),
  );
}

function runsTable(rows: readonly Row[]): string {
  return table(
    [
      { title: 'run' },
      { title: 'experiment' },
      { title: 'variant' },
      { title: 'seed', align: 'right' },
      { title: 'state' },
      { title: 'epoch', align: 'right' },
      { title: 'validation', align: 'right' },
      { title: 'test', align: 'right' },
      { title: '' },
    ],
    rows.map((row) => {
      if ('unreadable' in row) return [row.id, '–', '–', '–', 'unreadable', '–', '–', '–'];
      const { info, recipe, state } = row;
      return [
        row.id,
        recipe.name,
        variantOf(recipe),
        String(recipe.train.seed),
        state,
        epochProgress(info),
        info.best ? percent(info.best.validation.accuracy) : '–',
        info.test ? percent(info.test.accuracy) : '–',
        ago(new Date(lastSign(info))),
      ];
    }),
  );
}

function lastSign(info: RunInfo): string {
  return info.endedAt ?? info.startedAt ?? info.createdAt;
}

function forPrograms(row: Row): unknown {
  if ('unreadable' in row) return row;
  const { id, folder, state, recipe, info } = row;
  return { id, folder, state, name: recipe.name, variant: variantOf(recipe), seed: recipe.train.seed, info };
}
