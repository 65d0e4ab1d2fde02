import type { Choice, Rows, TableName } from '../src/protocol/panel-charts';
import type { Range } from './charts/content';
import type { Theme } from './charts/theme';
import type { PanelState } from './state';

/** What is being looked at: the state, and what only the page knows. */
export interface Page {
  readonly state: PanelState;
  readonly theme: Theme;
  readonly zoom?: PageZoom;
}

/** A stretch of the axis, and the finer rows of it that have come so far. */
export interface PageZoom {
  readonly range: Range;
  readonly rows: Partial<Record<TableName, Rows>>;
}

/** The rows of a table of the panel's own run, the finest there are. */
export function rowsOf({ state, zoom }: Page, table: TableName): Rows | undefined {
  return zoom?.rows[table] ?? state.tables[table];
}

/** The colour of a run or group, the same everywhere. */
export function colourOf({ color }: Pick<Choice, 'color'>, { lines }: Theme): string {
  return lines[color % lines.length]!;
}

/** The place among the colours of the panel's own run. */
export function ownColour({ subject, choices = [] }: PanelState): number {
  return choices.find(({ key }) => key === subject.keys[0])?.color ?? 0;
}

/** The experiment that goes without saying: the run's own, or the one of all that is compared. */
export function ownExperiment({ header, overlays = [] }: PanelState): string | undefined {
  const [first, ...others] = overlays.map(({ choice }) => choice.experiment);
  return header?.experiment ?? (others.every((other) => other === first) ? first : undefined);
}

/** A run or group beside the panel's own: its experiment is named where it is another. */
export function choiceLabel({ experiment, label, kind, runs }: Choice, own: string | undefined): string {
  const name = experiment === own ? label : `${experiment} / ${label}`;
  return kind === 'group' ? `${name} (${runs})` : name;
}
