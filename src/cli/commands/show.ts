import * as path from 'node:path';
import type { Command } from 'commander';
import { variantOf } from '../../recipe/names';
import type { Recipe } from '../../recipe/schema';
import { type CheckpointInfo, CheckpointStore } from '../../runs/checkpoints';
import { readRecipe, type RunFolder } from '../../runs/folder';
import { type ObservedRun, stateOf } from '../../runs/state';
import type { RunInfo, Score } from '../../runs/types';
import { contextOf } from '../context';
import { describeRecipe } from '../output/describe';
import { bytes, count, duration, percent, epochText } from '../../common/format';
import { epochProgress, lossText } from '../output/run-lines';
import { facts, table } from '../output/table';
import { adviceFor } from '../outcome';
import { RUN_ARGUMENT, selectRun } from '../select-run';

export function addShow(program: Command): void {
  program
    .command('show')
    .description('everything about one run')
    .argument('<run>', RUN_ARGUMENT)
    .action(async (id: string, _options, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const run = await selectRun(retortFolder, id);
      const [observed, recipe, checkpoints] = await Promise.all([
        stateOf(run),
        readRecipe(run),
        new CheckpointStore(run).list(),
      ]);
      output.result({ id: run.id, folder: run.folder, ...observed, recipe, checkpoints }, () =>
        describeRun(run, observed, recipe, checkpoints),
      );
    });
}

function describeRun(
  run: RunFolder,
  { state, info }: ObservedRun,
  recipe: Recipe,
  checkpoints: readonly CheckpointInfo[],
): string {
  const { parameters, teacher, teachers = {}, best, last, backend } = info;
  const advice = adviceFor(run, state);
  return [
    describeRecipe(recipe),
    '',
    facts([
      ['run', run.id],
      ['experiment', `${recipe.name} / ${variantOf(recipe)} / seed ${recipe.train.seed}`],
      ['state', info.reason === undefined ? state : `${state}: ${info.reason}`],
      ['epoch', epochProgress(info)],
      ['best validation', best && `${scoreText(best.validation)} (epoch ${epochText(best.epoch)})`],
      ['last validation', last && scoreText(last.validation)],
      ['test', info.test && scoreText(info.test)],
      ['teacher, validation', teacher?.validation && scoreText(teacher.validation)],
      ['teacher, test', teacher?.test && scoreText(teacher.test)],
      ...Object.entries(teachers).flatMap(([name, { validation, test }]): [string, string | undefined][] => [
        [`${name}, validation`, validation && scoreText(validation)],
        [`${name}, test`, test && scoreText(test)],
      ]),
      ['parameters', parameters && parameterText(parameters)],
      ['trained for', info.seconds === undefined ? undefined : duration(info.seconds)],
      ['attempts', info.attempt > 1 ? String(info.attempt) : undefined],
      ['device', backend?.note],
      ['commit', info.commit],
      ['created', info.createdAt],
      ['folder', run.folder],
      ['log', path.join(run.folder, 'log.txt')],
    ]),
    ...(info.warnings ?? []).map((warning) => `warning: ${warning}`),
    ...(checkpoints.length === 0 ? [] : ['', checkpointsTable(checkpoints)]),
    ...(advice === undefined ? [] : ['', advice]),
  ].join('\n');
}

function scoreText({ accuracy, loss, samples }: Score): string {
  return `${percent(accuracy)}, loss ${lossText(loss)}, ${count(samples)} images`;
}

function parameterText({ student, teacher, teachers }: NonNullable<RunInfo['parameters']>): string {
  const others = Object.entries({ ...(teacher !== undefined && { teacher }), ...teachers });
  if (others.length === 0) return count(student);
  return `${count(student)} (${others.map(([name, parameters]) => `${name} ${count(parameters)}`).join(', ')})`;
}

function checkpointsTable(checkpoints: readonly CheckpointInfo[]): string {
  return table(
    [{ title: 'checkpoint' }, { title: 'size', align: 'right' }, { title: '' }],
    checkpoints.map((checkpoint, index) => [
      `step-${checkpoint.step}`,
      bytes(checkpoint.bytes),
      [
        checkpoint.best && 'best',
        index === checkpoints.length - 1 && 'last',
        checkpoint.requested && 'asked for',
      ]
        .filter((role) => role !== false)
        .join(', '),
    ]),
  );
}
