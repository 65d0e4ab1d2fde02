import * as l10n from '@vscode/l10n';
import { axisLook } from './curves';
import type { ChartContent } from './content';
import type { Page } from '../page';

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
    empty: state.reading ? l10n.t('Reading the metrics…') : l10n.t('No values yet.'),
    ...(zoom && { zoom: zoom.range }),
  };
}
