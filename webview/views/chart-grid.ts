import { html } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import '../charts/chart';
import type { ChartContent } from '../charts/content';
import type { Theme } from '../charts/theme';

/** Charts in a grid; each keeps its element, and with it its crosshair, whatever comes or goes beside it. */
export function chartGrid(charts: readonly ChartContent[], theme: Theme, className = 'charts'): unknown {
  return html`<div class=${className}>
    ${repeat(
      charts,
      ({ id }) => id,
      (content) => html`<retort-chart data-chart=${content.id} .input=${{ content, theme }}></retort-chart>`,
    )}
  </div>`;
}
