import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { clock, count, flops, percent, pointsWithSpread, signedPoints } from '../../src/common/format';
import type { ComparedRow, Comparison } from '../../src/protocol/panel-sections';
import { colourOf, type Page } from '../page';
import type { Doings } from '../doings';
import { chartGrid } from './chart-grid';
import { compareCharts } from './compare-charts';

/** Tab Compare: what runs and groups have reached, in what their recipes differ, and their curves. */
export function compareView(page: Page, doings: Doings): unknown {
  const { comparison } = page.state;
  if (comparison === undefined) return html`<p class="hint">${l10n.t('Comparing…')}</p>`;
  if (comparison.rows.length === 0) {
    return html`<p class="hint">
      ${l10n.t('Nothing to compare yet: lay other runs over the charts, or wait for the first result.')}
    </p>`;
  }
  return html`${resultsTable(page, comparison, doings)} ${chartGrid(compareCharts(page), page.theme)}`;
}

interface Figure {
  readonly name: string;
  readonly text: (row: ComparedRow) => string | undefined;
}

function figuresOf(split: Comparison['split']): Figure[] {
  const accuracy = split === 'test' ? l10n.t('accuracy on test, %') : l10n.t('accuracy on validation, %');
  return [
    {
      name: accuracy,
      text: ({ accuracy }) => accuracy && pointsWithSpread(accuracy.mean, accuracy.deviation),
    },
    {
      name: l10n.t('against the baseline'),
      text: ({ difference, isBaseline }) =>
        isBaseline
          ? l10n.t('baseline')
          : difference && signedPoints(difference.value, difference.standardError),
    },
    {
      name: l10n.t('gap recovered'),
      text: ({ gapRecovered }) => (gapRecovered === undefined ? undefined : percent(gapRecovered, 0)),
    },
    {
      name: l10n.t('teacher, %'),
      text: ({ teacher }) => (teacher === undefined ? undefined : pointsWithSpread(teacher)),
    },
    { name: l10n.t('runs'), text: ({ runs }) => count(runs) },
    {
      name: l10n.t('parameters'),
      text: ({ parameters }) => (parameters === undefined ? undefined : count(parameters)),
    },
    {
      name: l10n.t('for one image'),
      text: ({ flops: cost }) => (cost === undefined ? undefined : flops(cost)),
    },
    {
      name: l10n.t('time a run'),
      text: ({ seconds }) => (seconds === undefined ? undefined : clock(seconds)),
    },
  ];
}

/** A column for each run or group; ± is the deviation over seeds, of differences the standard error. */
function resultsTable({ theme }: Page, { split, rows, differences }: Comparison, doings: Doings): unknown {
  const experiments = new Set(rows.map(({ experiment }) => experiment));
  const heading = (row: ComparedRow) =>
    html`<th scope="col" data-key=${row.key}>
      <div class="heading">
        <svg class="dot" width="10" height="10" aria-hidden="true">
          <circle cx="5" cy="5" r="5" fill=${colourOf(row, theme)}></circle>
        </svg>
        ${
          row.kind === 'run'
            ? html`<button class="link-button" @click=${() => doings.openRun(row.key)}>${row.label}</button>`
            : html`<span>${row.label}</span>`
        }
      </div>
      ${experiments.size > 1 ? html`<span class="heading-line">${row.experiment}</span>` : nothing}
    </th>`;
  return html`<section>
    <h2 id="results-title">${l10n.t('Results')}</h2>
    <div class="table-scroll" tabindex="0" role="region" aria-labelledby="results-title">
      <table class="results">
        <thead>
          <tr>
            <td></td>
            ${rows.map(heading)}
          </tr>
        </thead>
        <tbody>
          ${figuresOf(split).map(
            ({ name, text }) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${rows.map((row) => html`<td>${text(row) ?? l10n.t('n/a')}</td>`)}
              </tr>`,
          )}
        </tbody>
        ${differences.length === 0 ? nothing : differencesBody(differences, rows.length)}
      </table>
    </div>
    <p class="hint">
      ${l10n.t('± is the standard deviation over seeds; of differences the standard error.')}
    </p>
  </section>`;
}

function differencesBody(differences: Comparison['differences'], columns: number): unknown {
  return html`<tbody>
    <tr class="group-row">
      <th scope="rowgroup" colspan=${columns + 1}>${l10n.t('Where the recipes differ')}</th>
    </tr>
    ${differences.map(
      ({ path, values }) =>
        html`<tr>
          <th scope="row"><code>${path}</code></th>
          ${values.map((value) => html`<td class="recipe-value">${recipeValue(value)}</td>`)}
        </tr>`,
    )}
  </tbody>`;
}

/** A value of a recipe, given as JSON: texts without their quotes. */
function recipeValue(json: string | null): string {
  if (json === null) return '–';
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}
