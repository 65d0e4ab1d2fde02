import * as l10n from '@vscode/l10n';
import { count, percent, significant } from '../../src/common/format';
import type { ChartContent, Series } from '../charts/content';
import { commonLook } from '../charts/look';
import { type Page, rowsOf } from '../page';
import { learningTeachers, referenceLevels } from './references';
import { ownCurve, runCurves } from './run-curves';

const TERM = 'term ';

/** The charts of the tab Overview. */
export function overviewCharts(page: Page): ChartContent[] {
  const look = commonLook(page);
  const chart = (id: string, title: string, format: (value: number) => string, series: Series[]) => ({
    ...look,
    id,
    title,
    format,
    series,
  });
  const validation = (column: string) => runCurves(page, 'validation', column);
  const train = (column: string) => runCurves(page, 'train', column);
  const memory = memoryCurves(page);
  return [
    {
      ...chart('accuracy', l10n.t('Accuracy on validation'), percent, [
        ...validation('accuracy'),
        ...learningTeachers(page),
      ]),
      levels: referenceLevels(page),
    },
    chart('terms', l10n.t('Loss by term, weighted'), significant, termCurves(page)),
    chart('train-accuracy', l10n.t('Accuracy in training'), percent, train('accuracy')),
    chart('validation-loss', l10n.t('Loss on validation'), significant, validation('loss')),
    chart('lr', l10n.t('Learning rate'), significant, runCurves(page, 'train', 'lr', false)),
    chart('speed', l10n.t('Images per second'), whole, train('imagesPerSecond')),
    chart('data-wait', l10n.t('Share of time waiting for data'), percent, train('dataWait')),
    ...(memory.length > 0 ? [chart('memory', l10n.t('Memory'), gibibytes, memory)] : []),
  ];
}

/** The total in the run's own colour, its terms in those that follow. */
function termCurves(page: Page): Series[] {
  const terms = Object.keys(rowsOf(page, 'train')?.columns ?? {}).filter((name) => name.startsWith(TERM));
  return [
    ...ownCurve(page, { table: 'train', column: 'loss', label: l10n.t('total'), colour: 0 }),
    ...terms.flatMap((column, index) =>
      ownCurve(page, { table: 'train', column, label: column.slice(TERM.length), colour: index + 1 }),
    ),
  ];
}

/** Of the process, and of the device where it has memory of its own. */
function memoryCurves(page: Page): Series[] {
  const common = { table: 'train', isMeasured: false } as const;
  return [
    ...ownCurve(page, { ...common, column: 'resident', label: l10n.t('process'), colour: 0 }),
    ...ownCurve(page, { ...common, column: 'device', label: l10n.t('device'), colour: 1 }),
  ];
}

function whole(value: number): string {
  return count(Math.round(value));
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
