import * as l10n from '@vscode/l10n';
import { significant } from '../../src/common/format';
import type { HookRow } from '../../src/protocol/panel-sections';
import type { ChartContent } from '../charts/content';
import { commonLook } from '../charts/look';
import type { Page } from '../page';
import { ownCurve } from './run-curves';

/** The charts of a hook: its weight, its loss, and how alike student and teacher are. */
export function hookCharts(page: Page, { name }: HookRow): ChartContent[] {
  const look = commonLook(page);
  const line = (what: string, label: string, colour: number, isMeasured: boolean) =>
    ownCurve(page, { table: 'hooks', column: `${what} ${name}`, label, colour, isMeasured });
  return [
    {
      ...look,
      id: `weight-${name}`,
      title: l10n.t('Weight'),
      format: significant,
      // Zero is one of its values.
      isLogarithmic: false,
      series: line('weight', l10n.t('weight'), 0, false),
    },
    {
      ...look,
      id: `loss-${name}`,
      title: l10n.t('Loss, unweighted'),
      format: significant,
      series: line('loss', l10n.t('loss'), 0, true),
    },
    {
      ...look,
      id: `similarity-${name}`,
      title: l10n.t('Similarity of the features'),
      format: (value) => value.toFixed(2),
      isLogarithmic: false,
      series: [...line('cka', 'CKA', 1, true), ...line('cosine', l10n.t('cosine'), 2, true)],
    },
  ];
}
