import * as l10n from '@vscode/l10n';
import {
  count,
  duration,
  epochText,
  percent,
  plural,
  pointsWithSpread,
  signedPoints,
} from '../../../common/format';
import type { GroupResult, Split } from '../../../runs/compare';
import { variantOf } from '../../../recipe/names';
import type { About } from './row';
import { runLabel, stateText } from './run-row';

/** What a tooltip says, as plain text: names and notes come from files, the view sets them as text. */
export interface Tooltip {
  readonly title: string;
  /** Lines of name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The person's note, or what is wrong. */
  readonly text?: string;
}

export function tooltipOf(about: About): Tooltip | undefined {
  switch (about.kind) {
    case 'run':
      return runTooltip(about);
    case 'group':
      return groupTooltip(about.result, about.split);
    case 'unreadable':
      return { title: about.run.run.id, facts: [], text: about.reason };
    case 'checkpoint':
    case 'student':
      return { title: about.reference, facts: [[l10n.t('Folder'), about.folder]] };
    case 'folder':
    case 'experiment':
    case 'damaged':
      return undefined;
  }
}

function runTooltip({ run, secondsLeft }: Extract<About, { kind: 'run' }>): Tooltip {
  const { info, recipe, state } = run.seen;
  const { best, test, teacher, backend, reason } = info;
  return {
    title: `${recipe.name} / ${variantOf(recipe)} / ${runLabel(run)}`,
    facts: facts(
      [l10n.t('State'), stateText(run) ?? state],
      [l10n.t('Why'), reason],
      [l10n.t('Time left'), secondsLeft === undefined ? undefined : duration(secondsLeft)],
      [
        l10n.t('Best validation accuracy'),
        best && l10n.t('{0} (epoch {1})', percent(best.validation.accuracy), epochText(best.epoch)),
      ],
      [l10n.t('Test accuracy'), test && percent(test.accuracy)],
      [l10n.t('Teacher'), teacherText(teacher)],
      [l10n.t('Training time'), info.seconds === undefined ? undefined : duration(info.seconds)],
      [l10n.t('Parameters'), info.parameters && count(info.parameters.student)],
      [l10n.t('Device'), backend?.note],
      [l10n.t('Host'), info.process?.host],
      [l10n.t('Commit'), info.commit],
      [l10n.t('Created'), new Date(info.createdAt).toLocaleString()],
      [l10n.t('Id'), info.id],
      ...(info.warnings ?? []).map((warning): Fact => [l10n.t('Warning'), warning]),
    ),
    ...(run.notes.note !== undefined && { text: run.notes.note }),
  };
}

function groupTooltip(result: GroupResult, split: Split): Tooltip {
  const { group, accuracy, teacher, gapRecovered, difference, isBaseline, seconds } = result;
  return {
    title: `${group.experiment} / ${group.label}`,
    facts: facts(
      [
        split === 'test' ? l10n.t('Test accuracy') : l10n.t('Validation accuracy'),
        accuracy &&
          `${pointsWithSpread(accuracy.mean, accuracy.deviation)} (${plural(accuracy.count, 'seed')})`,
      ],
      [l10n.t('Teacher'), teacher === undefined ? undefined : percent(teacher)],
      [l10n.t('Gap recovered'), gapRecovered === undefined ? undefined : percent(gapRecovered, 0)],
      [
        l10n.t('Against the baseline'),
        difference && signedPoints(difference.value, difference.standardError),
      ],
      [
        l10n.t('Baseline'),
        isBaseline ? l10n.t('the others of the experiment are compared with it') : undefined,
      ],
      [l10n.t('Training time of a run'), seconds === undefined ? undefined : duration(seconds)],
      [l10n.t('Runs'), count(group.runs.length)],
    ),
  };
}

type Fact = readonly [name: string, value: string | undefined];

function facts(...all: readonly Fact[]): (readonly [string, string])[] {
  return all.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
}

function teacherText(
  teacher: { validation?: { accuracy: number }; test?: { accuracy: number } } | undefined,
): string | undefined {
  if (teacher?.test) return l10n.t('{0} (test)', percent(teacher.test.accuracy));
  return teacher?.validation && l10n.t('{0} (validation)', percent(teacher.validation.accuracy));
}
