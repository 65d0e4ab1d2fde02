import { html } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Aligned } from './align';
import type { ChartContent } from './content';

/** The values of a chart as a table, in the same place and of the same height as its picture. */
export function chartTable({ title, axis, format, zoom }: ChartContent, { x, columns }: Aligned): unknown {
  const rows = x.flatMap((value, index) =>
    zoom === undefined || (value >= zoom.min && value <= zoom.max) ? [{ value, index }] : [],
  );
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
    <table>
      <thead>
        <tr>
          <th scope="col">${axis.label}</th>
          ${columns.map(({ label }) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          ({ value }) => value,
          ({ value, index }) =>
            html`<tr>
              <th scope="row">${axis.format(value)}</th>
              ${columns.map(({ measured }) => html`<td>${textOf(measured[index], format)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function textOf(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? '' : format(value);
}
