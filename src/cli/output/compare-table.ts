import { modelName } from './describe';
import type { Comparison, GroupResult } from '../../runs/compare';
import { clock, percent, plural, points, pointsWithSpread, signedPoints } from '../../common/format';
import { table } from './table';

/**
 * Groups as rows, below their teacher: accuracy, how much of the gap to the teacher is closed, the difference to the
 * baseline with its standard error, and the time of a run.
 */
export function compareTable({ split, results }: Comparison): string {
  const counts = new Set(results.map((result) => result.counted.length));
  const experiments = new Set(results.map(({ group }) => group.experiment));
  const label = ({ group, counted }: GroupResult): string =>
    [
      experiments.size > 1 ? `${group.experiment} / ${group.label}` : group.label,
      ...(counts.size > 1 ? [`(${plural(counted.length, 'seed')})`] : []),
    ].join(' ');
  const baseline = new Set(results.filter((result) => result.isBaseline).map(({ group }) => group.label));
  return table(
    [
      { title: counts.size === 1 ? plural([...counts][0]!, 'seed') : 'group' },
      { title: `${split} accuracy` },
      { title: 'gap recovered' },
      { title: `against ${baseline.size === 1 ? [...baseline][0]! : 'baseline'}` },
      { title: 'time a run' },
    ],
    [
      ...teacherRows(results),
      ...results.map((result) => [
        label(result),
        result.accuracy ? pointsWithSpread(result.accuracy.mean, result.accuracy.deviation) : 'n/a',
        result.isBaseline ? '–' : result.gapRecovered === undefined ? 'n/a' : percent(result.gapRecovered, 0),
        result.isBaseline ? '–' : differenceText(result),
        result.seconds === undefined ? 'n/a' : clock(result.seconds),
      ]),
    ],
  );
}

function differenceText({ difference }: GroupResult): string {
  return difference ? signedPoints(difference.value, difference.standardError) : 'n/a';
}

/** One row for each teacher that the groups have learned from. */
function teacherRows(results: readonly GroupResult[]): string[][] {
  const teachers = new Map<string, { name: string; accuracy: number }>();
  for (const { group, teacher } of results) {
    const reference = group.recipe.teacher;
    if (reference === undefined || teacher === undefined) continue;
    teachers.set(JSON.stringify(reference), { name: modelName(reference.model), accuracy: teacher });
  }
  return [...teachers.values()].map(({ name, accuracy }) => [
    teachers.size === 1 ? 'teacher' : `teacher ${name}`,
    points(accuracy),
  ]);
}

/** The same for programs. */
export function comparisonForPrograms({ split, results }: Comparison): unknown {
  return {
    split,
    groups: results.map(({ group, counted, ...figures }) => ({
      experiment: group.experiment,
      variant: group.variant,
      label: group.label,
      key: group.key,
      seeds: counted.map(({ recipe }) => recipe.train.seed),
      runs: counted.map(({ run }) => run.id),
      ...figures,
    })),
  };
}
