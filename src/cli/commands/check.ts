import type { Command } from 'commander';
import { backendChoice } from '../../backends';
import type { CheckReport, ModelSummary } from '../../protocol/inspector';
import { contextOf } from '../context';
import { backendOption, setOption, timeLimitOption } from '../options';
import { bytes, count, duration, flops, shape, significant } from '../../common/format';
import { facts, table } from '../output/table';
import { StageDisplay } from '../output/stage-display';
import { checkRecipe, loadRecipe } from '../../launch/recipes';
import { describeMixing } from '../../recipe/mixing';

interface CheckOptions {
  readonly set?: readonly string[];
  readonly backend?: string;
  readonly timeLimit: number;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('what a recipe comes to: shapes, layers, one training step, memory and time')
    .argument('<recipe>', 'a *.distill.json file')
    .addOption(setOption())
    .addOption(backendOption())
    .addOption(timeLimitOption())
    .action(async (file: string, options: CheckOptions, command: Command) => {
      const { output } = contextOf(command);
      const backend = backendChoice(options.backend);
      const loaded = loadRecipe(file, options.set ?? []);
      const stages = new StageDisplay(output);
      const { timeLimit } = options;
      const report = await stages.during('Checking the recipe', (onStage) =>
        checkRecipe(loaded, { backend, trial: true, timeLimit, onStage }),
      );
      output.result(report, () => describeReport(report));
    });
}

function describeReport(report: CheckReport): string {
  const { data, student, teacher, teachers = {}, hooks, trial } = report;
  const { train, validation, test } = data.samples;
  return [
    facts([
      ['device', report.backend],
      ['data', `${shape(data.imageShape)}, ${data.classes} classes`],
      ['images', `${count(train)} training, ${count(validation)} validation, ${count(test)} test`],
      ['student', modelText(student)],
      ['teacher', teacher && modelText(teacher)],
      ...Object.entries(teachers).map(([name, model]): [string, string] => [
        `teacher ${name}`,
        modelText(model),
      ]),
      ['steps', count(report.steps)],
      ['mixing', report.mixing && describeMixing(report.mixing)],
      ...(trial?.stages ?? []).map((stage, index, all): [string, string] => [
        all.length === 1 ? 'first loss' : `stage ${stage.name ?? index + 1}`,
        lossOf(stage),
      ]),
      [
        'time',
        trial && `about ${duration(trial.estimatedSeconds)} (${significant(trial.secondsPerStep)} s a step)`,
      ],
      ['memory', trial && `${bytes(trial.peakMemoryBytes)} at most in one step`],
    ]),
    ...(hooks.length === 0 ? [] : ['', hooksTable(hooks)]),
    ...report.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

function modelText(model: ModelSummary): string {
  const images = model.imageSize === undefined ? '' : ` of ${shape(model.imageSize)}`;
  return `${model.reference}, ${count(model.parameters)} parameters, ${flops(model.flops)} an image${images}`;
}

function lossOf({ loss, terms }: NonNullable<CheckReport['trial']>['stages'][number]): string {
  const parts = Object.entries(terms).map(([name, value]) => `${name} ${significant(value)}`);
  return `${significant(loss)} (${parts.join(' ')})`;
}

/** Shapes without the batch. */
function hooksTable(hooks: CheckReport['hooks']): string {
  return table(
    [
      { title: 'hook' },
      { title: 'weight', align: 'right' },
      { title: 'student' },
      { title: 'teacher' },
      { title: 'parameters', align: 'right' },
      { title: '' },
    ],
    hooks.map((hook) => [
      hook.name,
      String(hook.weight),
      hook.student.map((each) => shape(each.slice(1))).join(', '),
      hook.teacher.map((each) => shape(each.slice(1))).join(', '),
      count(hook.parameters),
      hook.adapter === undefined ? '' : `through ${hook.adapter}`,
    ]),
  );
}
