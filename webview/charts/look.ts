import * as l10n from '@vscode/l10n';
import { axisLook } from './curves';
import type { ChartContent } from './content';
import type { Page } from '../page';
import type { PanelState } from '../state';

/** What all charts of a page have in common. */
export function commonLook({
  state,
  zoom,
}: Page): Pick<ChartContent, 'axis' | 'isLogarithmic' | 'levels' | 'empty'> &
  Partial<Pick<ChartContent, 'zoom'>> {
  const { axis, logScale } = state.view;
  const labels = { step: l10n.t('step'), epoch: l10n.t('epoch'), time: l10n.t('time') };
  return {
    axis: axisLook(axis, labels[axis]),
    isLogarithmic: logScale,
    levels: [],
    empty: emptyText(state),
    ...(zoom && { zoom: zoom.range }),
  };
}

/** Why a chart has no values. */
function emptyText({ reading, header }: PanelState): string {
  if (reading) return l10n.t('Reading the metrics…');
  const isOver =
    header === undefined || !['queued', 'starting', 'running', 'stopping'].includes(header.state);
  return isOver ? l10n.t('No values were recorded.') : l10n.t('No values yet.');
}
