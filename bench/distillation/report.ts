import * as os from 'node:os';
import { differenceOf, gapRecovered, summarize, type Summary } from '../../src/runs/statistics';

/** One finished run of the bench; accuracies in 0 … 1. */
export interface Measured {
  readonly experiment: string;
  readonly variant: string;
  readonly seed: number;
  /** Best on the validation split. */
  readonly validation: number;
  readonly test?: number;
  /** Validation accuracy after each epoch. */
  readonly curve: readonly number[];
  /** Training alone, pretraining included. */
  readonly seconds: number;
}

export interface Results {
  readonly teacherTest: number;
  readonly methods: readonly Measured[];
  readonly grid: readonly Measured[];
  readonly final: readonly Measured[];
  readonly seeds: readonly number[];
  readonly gridSeeds: readonly number[];
  readonly lanes: number;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const spread = ({ mean, deviation }: Summary): string =>
  `${percent(mean)}${deviation === undefined ? '' : ` ± ${percent(deviation)}`}`;

/** The results as a page of tables. */
export function report(results: Results): string {
  const { teacherTest, methods, grid, final, seeds, gridSeeds, lanes } = results;
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  const sections = [
    '# What distillation gains at the size of the demo',
    `Command: \`npx tsx bench/distillation.ts\`. ${new Date().toISOString().slice(0, 10)}, ${cpu}, ${lanes} cores, one run on each at a time.`,
    'Recipes: those of `examples/demo`, hooks as named. Every student sees the same number of training images; a pretrained one spends half of them alone first. Accuracies in %, mean ± standard deviation over seeds; differences ± standard error sqrt(s1²/n1 + s2²/n2). The test split is used once, at the end of each run, with the weights that were best on validation. Training times include validation and are of a machine that also did other work: they say little beyond the order.',
    `Teacher: test accuracy ${percent(teacherTest)}.`,
  ];
  if (methods.length > 0) {
    sections.push(
      `## Methods at stated weights, seeds ${seeds.join(', ')}`,
      table(methods, 'scratch', teacherTest),
    );
  }
  if (grid.length > 0) {
    sections.push(
      `## Choice of the weight of tat on validation, seeds ${gridSeeds.join(', ')}`,
      gridTable(grid),
    );
  }
  for (const [name, title] of [
    ['scratch', 'from scratch'],
    ['pretrained', 'pretrained'],
  ] as const) {
    const own = final.filter((run) => run.experiment === name);
    if (own.length === 0) continue;
    const chosen = (method: string): string =>
      own.find((run) => run.variant.startsWith(`${method} `))!.variant;
    sections.push(
      `## Does tat help? Student ${title}, chosen weights, seeds ${seeds.join(', ')}`,
      table(final, name, teacherTest),
      [
        verdict(final, name, chosen('tat'), 'alone'),
        verdict(final, name, chosen('kd+tat'), 'kd'),
        verdict(final, name, chosen('kd+tat'), 'alone'),
      ].join('\n'),
    );
  }
  return `${sections.join('\n\n')}\n`;
}

function testOf(runs: readonly Measured[], experiment: string, variant: string): Summary {
  const values = runs
    .filter((run) => run.experiment === experiment && run.variant === variant)
    .map((run) => run.test!);
  return summarize(values)!;
}

function table(runs: readonly Measured[], experiment: string, teacher: number): string {
  const own = runs.filter((run) => run.experiment === experiment);
  const alone = testOf(own, experiment, 'alone');
  const rows = [...new Set(own.map((run) => run.variant))].map((variant) => {
    const test = testOf(own, experiment, variant);
    const seconds = summarize(own.filter((run) => run.variant === variant).map((run) => run.seconds))!;
    const { value, standardError } = differenceOf(test, alone);
    const gap = gapRecovered(test.mean, alone.mean, teacher);
    const compared =
      variant === 'alone'
        ? ['–', '–']
        : [
            gap === undefined ? 'n/a' : `${(100 * gap).toFixed(0)} %`,
            `${value >= 0 ? '+' : '−'}${percent(Math.abs(value))} ± ${percent(standardError ?? NaN)}`,
          ];
    return `| ${variant} | ${spread(test)} | ${compared.join(' | ')} | ${seconds.mean.toFixed(0)} s |`;
  });
  return [
    '| group | test accuracy | gap recovered | against alone | training time |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function gridTable(grid: readonly Measured[]): string {
  const keys = [...new Set(grid.map((run) => `${run.experiment}|${run.variant}`))];
  const rows = keys.map((key) => {
    const [experiment, variant] = key.split('|');
    const values = grid
      .filter((run) => `${run.experiment}|${run.variant}` === key)
      .map((run) => run.validation);
    return `| ${experiment!.replace('grid-', '')} | ${variant} | ${spread(summarize(values)!)} |`;
  });
  return ['| student | group and weight | validation accuracy |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Two standard errors make a difference shown. */
function verdict(runs: readonly Measured[], experiment: string, first: string, second: string): string {
  const { value, standardError } = differenceOf(
    testOf(runs, experiment, first),
    testOf(runs, experiment, second),
  );
  const error = standardError ?? Number.NaN;
  const shown = Math.abs(value) >= 2 * error ? (value > 0 ? 'shown: better' : 'shown: worse') : 'not shown';
  return `- \`${first}\` against \`${second}\`: ${value >= 0 ? '+' : '−'}${percent(Math.abs(value))} ± ${percent(error)}: **${shown}**`;
}
