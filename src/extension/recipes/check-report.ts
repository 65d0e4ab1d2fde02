import { escapeMarkdown } from '../../common/markdown';
import { bytes, count, duration, flops, shape, significant } from '../../common/format';
import type { CheckReport, ModelSummary } from '../../protocol/inspector';
import { describeMixing } from '../../recipe/mixing';

/** What a check has found, as Markdown to read. */
export function describeCheck(name: string, report: CheckReport): string {
  const { student, teacher, hooks, warnings } = report;
  const sections = [
    `# Check of ${escapeMarkdown(name)}`,
    facts(report),
    ...(warnings.length === 0
      ? []
      : ['## Warnings', warnings.map((text) => `- ${escapeMarkdown(text)}`).join('\n')]),
    ...(hooks.length === 0 ? [] : ['## Hooks', hooksTable(hooks)]),
    `## Layers of the student, ${escapeMarkdown(student.reference)}`,
    layersTable(student),
    ...(teacher === undefined
      ? []
      : [`## Layers of the teacher, ${escapeMarkdown(teacher.reference)}`, layersTable(teacher)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function facts({ backend, data, student, teacher, teachers, steps, mixing, trial }: CheckReport): string {
  const { train, validation, test } = data.samples;
  const rows: (readonly string[])[] = [
    ['device', backend],
    ['images', `${shape(data.imageShape)}, ${data.classes} classes`],
    ['split', `${count(train)} training, ${count(validation)} validation, ${count(test)} test`],
    ['student', modelText(student)],
    ...(teacher === undefined ? [] : [['teacher', modelText(teacher)]]),
    ...Object.entries(teachers ?? {}).map(([name, model]) => [`teacher ${name}`, modelText(model)]),
    ['steps', count(steps)],
    ...(mixing === undefined ? [] : [['mixing', describeMixing(mixing)]]),
  ];
  if (trial !== undefined) {
    const { stages, estimatedSeconds, secondsPerStep, peakMemoryBytes } = trial;
    rows.push(
      ['time', `about ${duration(estimatedSeconds)} (${significant(secondsPerStep)} s a step)`],
      ['memory', `${bytes(peakMemoryBytes)} at most in one step`],
      ...stages.map((stage, index) => [
        stages.length === 1 ? 'first loss' : `stage ${stage.name ?? index + 1}`,
        lossText(stage),
      ]),
    );
  }
  return table(['', ''], rows);
}

function lossText({ loss, terms }: NonNullable<CheckReport['trial']>['stages'][number]): string {
  const parts = Object.entries(terms).map(([name, value]) => `${name} ${significant(value)}`);
  return `${significant(loss)} (${parts.join(', ')})`;
}

function modelText({ reference, parameters, flops: operations, imageSize }: ModelSummary): string {
  const images = imageSize === undefined ? '' : ` of ${shape(imageSize)}`;
  return `${reference}: ${count(parameters)} parameters, ${flops(operations)} an image${images}`;
}

/** Shapes without the batch. */
function hooksTable(hooks: CheckReport['hooks']): string {
  return table(
    ['hook', 'weight', 'student', 'teacher', 'parameters', 'adapter'],
    hooks.map((hook) => [
      hook.name,
      String(hook.weight),
      hook.student.map((each) => shape(each.slice(1))).join(', '),
      hook.teacher.map((each) => shape(each.slice(1))).join(', '),
      count(hook.parameters),
      hook.adapter ?? '–',
    ]),
  );
}

function layersTable({ layers }: ModelSummary): string {
  return table(
    ['layer', 'class', 'output', 'parameters', 'operations'],
    layers.map((layer) => [
      layer.id,
      layer.className,
      shape(layer.outputShape),
      count(layer.parameters),
      flops(layer.flops),
    ]),
  );
}

/** Padded, so that it reads as well without a preview. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [titles, ...rows].map((row) => row.map(escapeMarkdown));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
