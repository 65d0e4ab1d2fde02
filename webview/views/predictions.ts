import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { count, epochText } from '../../src/common/format';
import type { Predictions } from '../../src/protocol/panel-sections';
import './confusion';
import './pictures';

/** Tab Predictions: the validation images that the student finds hardest, and which classes it mixes up. */
export function predictionsView(predictions: Predictions | undefined): unknown {
  if (predictions === undefined) return html`<p class="hint">${l10n.t('Reading the predictions…')}</p>`;
  const { why, step, epoch, classes, worst, confusion, baselineConfusion } = predictions;
  if (why !== undefined) return html`<p class="hint">${why}</p>`;
  const when =
    epoch !== undefined
      ? l10n.t('At the best evaluation so far, epoch {0}.', epochText(epoch))
      : step !== undefined
        ? l10n.t('At the best evaluation so far, step {0}.', count(step))
        : '';
  return html`<div class="predictions">
    <section aria-labelledby="worst-title">
      <h2 id="worst-title">${l10n.t('Validation images, worst first')}</h2>
      <p class="hint">${when} ${l10n.t('In percent: what each model gives the true class.')}</p>
      <retort-pictures .input=${{ worst, classes }}></retort-pictures>
    </section>
    ${
      confusion === undefined
        ? nothing
        : html`<retort-confusion .input=${{ classes, confusion, baselineConfusion }}></retort-confusion>`
    }
  </div>`;
}
