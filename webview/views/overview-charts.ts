import * as l10n from '@vscode/l10n';
import { bytes, count, percent, significant } from '../../src/common/format';
import type { TableName } from '../../src/protocol/panel-charts';
import type { ChartContent, Level, Series } from '../charts/content';
import { curve, type CurveOptions } from '../charts/curves';
import { commonLook } from '../charts/look';
import { choiceLabel, colourOf, ownColour, type Page, rowsOf } from '../page';

const TERM = 'term ';

/** The charts of the tab Overview. */
export function overviewCharts(page: Page): ChartContent[] {
  const look = commonLook(page);
  const chart = (
    id: string,
    title: string,
    format: (value: number) => string,
    series: Series[],
  ): ChartContent => ({
    ...look,
    id,
    title,
    format,
    series,
  });
  const train = (column: string) => curvesOf(page, 'train', column);
  const memory = memoryCurves(page);
  return [
    {
      ...chart(
        'accuracy',
        l10n.t('Accuracy on validation'),
        percent,
        curvesOf(page, 'validation', 'accuracy'),
      ),
      levels: referenceLevels(page),
    },
    chart('terms', l10n.t('Loss by term, weighted'), significant, termCurves(page)),
    chart('train-accuracy', l10n.t('Accuracy in training'), percent, train('accuracy')),
    chart('validation-loss', l10n.t('Loss on validation'), significant, curvesOf(page, 'validation', 'loss')),
    chart('lr', l10n.t('Learning rate'), significant, train('lr')),
    chart(
      'speed',
      l10n.t('Images per second'),
      (value) => count(Math.round(value)),
      train('imagesPerSecond'),
    ),
    chart('data-wait', l10n.t('Share of time waiting for data'), percent, train('dataWait')),
    ...(memory.length > 0 ? [chart('memory', l10n.t('Memory'), bytes, memory)] : []),
  ];
}

/** A column of the panel's own run and of all overlays. */
export function curvesOf(page: Page, table: TableName, column: string): Series[] {
  const { state, theme } = page;
  const options = optionsOf(page);
  const own = curve(
    rowsOf(page, table),
    column,
    {
      key: 'own',
      label: l10n.t('this run'),
      colour: colourOf({ color: ownColour(state) }, theme),
      stroke: 'solid',
    },
    options,
  );
  const others = (state.overlays ?? []).map(({ choice, role, tables }) => {
    const rows = tables.find((candidate) => candidate.table === table);
    const looks = {
      key: choice.key,
      label: choiceLabel(choice, state.header?.experiment),
      colour: colourOf(choice, theme),
      stroke: role === 'baseline' ? 'dotted' : 'solid',
    } as const;
    return curve(rows, column, looks, options);
  });
  return [own, ...others].filter((series) => series !== undefined);
}

/** The total in the run's own colour, its terms in those that follow. */
function termCurves(page: Page): Series[] {
  const { state, theme } = page;
  const rows = rowsOf(page, 'train');
  const names = Object.keys(rows?.columns ?? {}).filter((name) => name.startsWith(TERM));
  const own = ownColour(state);
  const line = (column: string, label: string, color: number) =>
    curve(
      rows,
      column,
      { key: column, label, colour: colourOf({ color }, theme), stroke: 'solid' },
      optionsOf(page),
    );
  return [
    line('loss', l10n.t('total'), own),
    ...names.map((name, index) => line(name, name.slice(TERM.length), own + 1 + index)),
  ].filter((series) => series !== undefined);
}

/** Of the process, and of the device where it has memory of its own. */
function memoryCurves(page: Page): Series[] {
  const own = ownColour(page.state);
  const line = (column: string, label: string, color: number) =>
    curve(
      rowsOf(page, 'train'),
      column,
      { key: column, label, colour: colourOf({ color }, page.theme), stroke: 'solid' },
      optionsOf(page),
    );
  return [line('resident', l10n.t('process'), own), line('device', l10n.t('device'), own + 1)].filter(
    (series) => series !== undefined,
  );
}

function referenceLevels({ state: { references, overlays = [] }, theme }: Page): Level[] {
  const levels: Level[] = [];
  if (references?.teacher !== undefined) {
    levels.push({
      key: 'teacher',
      label: l10n.t('teacher'),
      colour: theme.foreground,
      stroke: 'dashed',
      y: references.teacher,
    });
  }
  if (references?.baseline !== undefined) {
    const baseline = overlays.find(({ role }) => role === 'baseline');
    levels.push({
      key: 'baseline',
      label: l10n.t('{0}, in the end', references.baseline.label),
      colour: baseline === undefined ? theme.foreground : colourOf(baseline.choice, theme),
      stroke: 'dotted',
      y: references.baseline.accuracy,
    });
  }
  return levels;
}

export function optionsOf({ state: { view } }: Page): CurveOptions {
  return { axis: view.axis, smoothing: view.smoothing };
}
