import * as l10n from '@vscode/l10n';
import { percent, significant } from '../../src/common/format';
import type { ChartContent } from '../charts/content';
import { commonLook } from '../charts/look';
import type { Page } from '../page';
import { runCurves } from './run-curves';

/** The curves of what is compared, with bands over seeds. */
export function compareCharts(page: Page): ChartContent[] {
  const look = commonLook(page);
  return [
    {
      ...look,
      id: 'compare-accuracy',
      title: l10n.t('Accuracy on validation'),
      format: percent,
      series: runCurves(page, 'validation', 'accuracy'),
    },
    {
      ...look,
      id: 'compare-loss',
      title: l10n.t('Loss on validation'),
      format: significant,
      series: runCurves(page, 'validation', 'loss'),
    },
    {
      ...look,
      id: 'compare-train-loss',
      title: l10n.t('Loss in training'),
      format: significant,
      series: runCurves(page, 'train', 'loss'),
    },
    {
      ...look,
      id: 'compare-train-accuracy',
      title: l10n.t('Accuracy in training'),
      format: percent,
      series: runCurves(page, 'train', 'accuracy'),
    },
  ];
}
