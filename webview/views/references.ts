import * as l10n from '@vscode/l10n';
import type { Rows } from '../../src/protocol/panel-charts';
import type { Level, Series } from '../charts/content';
import { curve } from '../charts/curves';
import { colourOf, ownColour, type Page, rowsOf } from '../page';
import { optionsOf } from './run-curves';

/** What a run's accuracy is drawn beside: its teachers and the baseline. */

/** The accuracy of each teacher that learns too. */
export function learningTeachers(page: Page): Series[] {
  const { learning = [] } = page.state.references ?? {};
  const colours = teacherColours(page);
  return learning.flatMap((name) => {
    const looks = {
      key: `teacher ${name}`,
      label: l10n.t('{0} (learns)', name),
      colour: colours.get(name)!,
      stroke: 'dashed',
    } as const;
    return curve(rowsOf(page, 'teachers'), `accuracy ${name}`, looks, optionsOf(page)) ?? [];
  });
}

/** Teachers that stay as they are, and the baseline. */
export function referenceLevels(page: Page): Level[] {
  const { references = {}, overlays = [] } = page.state;
  const { teacher, teachers = [], baseline } = references;
  const { foreground } = page.theme;
  const colours = teacherColours(page);
  const levels: Level[] = teachers.map(({ name, accuracy }) => ({
    key: `teacher ${name}`,
    label: l10n.t('{0} (teacher)', name),
    colour: colours.get(name)!,
    stroke: 'dashed',
    y: accuracy,
  }));
  if (teacher !== undefined) {
    const label = l10n.t('teacher');
    levels.unshift({ key: 'teacher', label, colour: foreground, stroke: 'dashed', y: teacher });
  }
  // Where the baseline's own curve is there, a line at its end would only hide it.
  const hasCurve = overlays.some(({ role, tables }) => role === 'baseline' && tables.some(isValidation));
  if (baseline !== undefined && !hasCurve) {
    const label = l10n.t('{0} (baseline)', baseline.label);
    levels.push({ key: 'baseline', label, colour: foreground, stroke: 'dotted', y: baseline.accuracy });
  }
  return levels;
}

function isValidation({ table, step }: Rows): boolean {
  return table === 'validation' && step.length > 0;
}

/** Colours for teachers by name, of those that no run in the charts has, as long as there are some. */
function teacherColours({ state, theme }: Page): ReadonlyMap<string, string> {
  const { learning = [], teachers = [] } = state.references ?? {};
  const names = [...learning, ...teachers.map(({ name }) => name)];
  const own = ownColour(state);
  const runs = [own, ...(state.overlays ?? []).map(({ choice }) => choice.color)];
  const taken = new Set(runs.map((color) => colourOf({ color }, theme)));
  const all = theme.lines.map((_, place) => colourOf({ color: own + place }, theme));
  const free = all.filter((colour) => !taken.has(colour));
  const colours = free.length > 0 ? free : all;
  return new Map(names.map((name, place) => [name, colours[place % colours.length]!]));
}
