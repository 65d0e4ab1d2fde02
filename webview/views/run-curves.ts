import * as l10n from '@vscode/l10n';
import type { TableName } from '../../src/protocol/panel-charts';
import type { Series } from '../charts/content';
import { curve, type CurveOptions } from '../charts/curves';
import { choiceLabel, colourOf, ownColour, ownExperiment, type Page, rowsOf } from '../page';

/** How curves are drawn; what is set and not measured is not smoothed. */
export function optionsOf({ state: { view } }: Page, isMeasured = true): CurveOptions {
  return { axis: view.axis, smoothing: isMeasured ? view.smoothing : 0 };
}

/** A column of the panel's own run and of all overlays; the baseline's is dotted. */
export function runCurves(page: Page, table: TableName, column: string, isMeasured = true): Series[] {
  const { state, theme } = page;
  const options = optionsOf(page, isMeasured);
  const colour = colourOf({ color: ownColour(state) }, theme);
  const own = curve(
    rowsOf(page, table),
    column,
    { key: 'own', label: l10n.t('this run'), colour, stroke: 'solid' },
    options,
  );
  const others = (state.overlays ?? []).map(({ choice, role, tables }) => {
    const rows = tables.find((candidate) => candidate.table === table);
    const looks = {
      key: choice.key,
      label: choiceLabel(choice, ownExperiment(state)),
      colour: colourOf(choice, theme),
      stroke: role === 'baseline' ? 'dotted' : 'solid',
    } as const;
    return curve(rows, column, looks, options);
  });
  return [own, ...others].filter((series) => series !== undefined);
}

/** A column of the panel's own run in a colour counted from the run's own; none where it has no value. */
export function ownCurve(
  page: Page,
  { table, column, label, colour, isMeasured = true }: OwnColumn,
): Series[] {
  const looks = {
    key: column,
    label,
    colour: colourFrom(page, colour),
    stroke: 'solid',
  } as const;
  const series = curve(rowsOf(page, table), column, looks, optionsOf(page, isMeasured));
  return series === undefined ? [] : [series];
}

/** The theme's own colours first; those mixed for more lines only when they are used up. */
function colourFrom({ state, theme }: Page, offset: number): string {
  const own = ownColour(state);
  const themes = theme.lines.length / 2;
  return colourOf({ color: offset > 0 && offset < themes ? (own + offset) % themes : own + offset }, theme);
}

export interface OwnColumn {
  readonly table: TableName;
  readonly column: string;
  readonly label: string;
  /** 0 is the run's own colour. */
  readonly colour: number;
  readonly isMeasured?: boolean;
}
