import * as l10n from '@vscode/l10n';
import { significant } from '../../src/common/format';
import type { HookRow } from '../../src/protocol/panel-sections';
import type { ChartContent } from '../charts/content';
import { curve } from '../charts/curves';
import { commonLook } from '../charts/look';
import { colourOf, ownColour, type Page, rowsOf } from '../page';
import { optionsOf } from './overview-charts';

/** The charts of a hook: its weight, its loss, and how alike student and teacher are. */
export function hookCharts(page: Page, { name }: HookRow): ChartContent[] {
  const look = { ...commonLook(page), empty: l10n.t('Not measured yet.') };
  const own = ownColour(page.state);
  const rows = rowsOf(page, 'hooks');
  const line = (column: string, label: string, color: number, smoothing = optionsOf(page).smoothing) => {
    const looks = { key: column, label, colour: colourOf({ color }, page.theme), stroke: 'solid' } as const;
    const series = curve(rows, `${column} ${name}`, looks, { ...optionsOf(page), smoothing });
    return series === undefined ? [] : [series];
  };
  return [
    {
      ...look,
      id: `weight-${name}`,
      title: l10n.t('Weight'),
      format: significant,
      // A weight is set, not measured: nothing to smooth, and zero is one of its values.
      isLogarithmic: false,
      series: line('weight', l10n.t('weight'), own, 0),
    },
    {
      ...look,
      id: `loss-${name}`,
      title: l10n.t('Loss, unweighted'),
      format: significant,
      series: line('loss', l10n.t('loss'), own),
    },
    {
      ...look,
      id: `similarity-${name}`,
      title: l10n.t('Similarity of the features'),
      format: (value) => value.toFixed(2),
      isLogarithmic: false,
      series: [...line('cka', 'CKA', own + 1, 0), ...line('cosine', l10n.t('cosine'), own + 2, 0)],
    },
  ];
}
