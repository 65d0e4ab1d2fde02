import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import * as l10n from '@vscode/l10n';
import { count, epochText, percent } from '../../src/common/format';
import type { Prediction, Predictions } from '../../src/protocol/panel-sections';
import './confusion';
import './picture';

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
      <ul class="pictures">
        ${repeat(
          worst,
          ({ index }) => index,
          (prediction) => predictionView(prediction, classes),
        )}
      </ul>
    </section>
    ${
      confusion === undefined
        ? nothing
        : html`<retort-confusion .input=${{ classes, confusion, baselineConfusion }}></retort-confusion>`
    }
  </div>`;
}

function predictionView(prediction: Prediction, classes: readonly string[]): unknown {
  const name = (index: number) => classes[index] ?? String(index);
  const { truth, student, studentProbability, teacher, teacherProbability, index, picture } = prediction;
  return html`<li class="prediction">
    <retort-picture .picture=${picture} aria-hidden="true"></retort-picture>
    <dl>
      ${said(l10n.t('truth'), name(truth), undefined, undefined)}
      ${said(l10n.t('student'), name(student), studentProbability, student === truth)}
      ${teacher === undefined ? nothing : said(l10n.t('teacher'), name(teacher), teacherProbability, teacher === truth)}
    </dl>
    <p class="prediction-facts">${l10n.t('image {0}', index)}</p>
  </li>`;
}

function said(
  who: string,
  what: string,
  probability: number | undefined,
  isRight: boolean | undefined,
): unknown {
  const icon =
    isRight === undefined
      ? nothing
      : isRight
        ? html`<i class="codicon codicon-check" role="img" aria-label=${l10n.t('right')}></i>`
        : html`<i class="codicon codicon-close" role="img" aria-label=${l10n.t('wrong')}></i>`;
  return html`<div>
    <dt>${who}</dt>
    <dd title=${what}>${icon}<span class="class-name">${what}</span></dd>
    <dd class="probability">${probability === undefined ? '' : percent(probability, 0)}</dd>
  </div>`;
}
