import { html, render, svg } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { type Aligned, align, valueAt } from './align';
import type { ChartContent, Range, Stroke } from './content';
import { chartTable } from './chart-table';
import { DASHES } from './dashes';
import { Plot } from './plot';
import type { Theme } from './theme';

export interface ChartInput {
  readonly content: ChartContent;
  readonly theme: Theme;
}

/** Says which stretch of the axis is wanted; `undefined`: all. */
export class ZoomEvent extends Event {
  constructor(readonly range: Range | undefined) {
    super('zoom', { bubbles: true });
  }
}

/**
 * A chart: title, legend with the values under the crosshair, picture or table. Arrow keys move the crosshair; what it
 * points at is read out.
 */
export class ChartElement extends HTMLElement {
  private current: ChartInput | undefined;
  private aligned: Aligned = { x: [], columns: [], raws: new Map(), bands: new Map() };
  private plot: Plot | undefined;
  private drawn: Theme | undefined;
  private point: number | undefined;
  private isTable = false;
  private spoken = '';

  set input(input: ChartInput) {
    if (input.content === this.current?.content && input.theme === this.current.theme) return;
    this.current = input;
    this.aligned = align(input.content);
    if (this.point !== undefined && this.point >= this.aligned.x.length) this.point = undefined;
    if (this.isConnected) this.refresh();
  }

  connectedCallback(): void {
    this.refresh();
  }

  disconnectedCallback(): void {
    this.dropPlot();
  }

  private refresh(): void {
    if (this.current === undefined) return;
    this.write();
    this.draw(this.current);
  }

  private write(): void {
    if (this.current === undefined) return;
    const { content } = this.current;
    const isEmpty = this.aligned.x.length === 0;
    const id = `chart-${content.id}`;
    render(
      html`<div class="chart" role="group" aria-labelledby=${id}>
        <div class="chart-title">
          <h3 id=${id}>${content.title}</h3>
          <span class="chart-place">${this.point === undefined ? '' : this.placeText(this.point)}</span>
          <button
            class="icon-button"
            aria-pressed=${this.isTable}
            aria-label=${l10n.t('{0} as a table', content.title)}
            title=${l10n.t('Show as a table')}
            ?disabled=${isEmpty}
            @click=${() => this.toggleTable()}
          >
            <i class="codicon codicon-table" aria-hidden="true"></i>
          </button>
        </div>
        ${this.legend(content)}
        <div class="chart-body">
          ${
            isEmpty
              ? html`<p class="chart-empty">${content.empty}</p>`
              : this.isTable
                ? chartTable(content, this.aligned)
                : html`<div
                    class="plot"
                    tabindex="0"
                    role="application"
                    aria-roledescription=${l10n.t('chart')}
                    aria-label=${l10n.t('{0}; arrow keys read the values, + and - zoom, 0 shows all', content.title)}
                    @keydown=${(event: KeyboardEvent) => this.onKey(event)}
                    @blur=${() => this.plot?.point(undefined)}
                  ></div>`
          }
        </div>
        <div class="visually-hidden" aria-live="polite">${this.spoken}</div>
      </div>`,
      this,
    );
  }

  private legend(content: ChartContent): unknown {
    const last = this.aligned.x.length - 1;
    const lines = [...content.series, ...content.levels];
    return html`<ul class="legend">
      ${lines.map(({ label, colour, stroke }, index) => {
        const value = valueAt(this.aligned.columns[index]!, this.point ?? last);
        return html`<li>
          ${swatch(colour, stroke)}<span class="legend-label" title=${label}>${label}</span>
          <span class="legend-value">${value === null ? '' : content.format(value)}</span>
        </li>`;
      })}
    </ul>`;
  }

  private placeText(index: number): string {
    const { axis } = this.current!.content;
    return `${axis.label} ${axis.format(this.aligned.x[index]!)}`;
  }

  private draw({ content, theme }: ChartInput): void {
    const parent = this.querySelector<HTMLElement>('.plot');
    if (parent === null) return this.dropPlot();
    if (this.plot !== undefined && this.drawn === theme && this.plot.canShow(content)) {
      this.plot.show(content, this.aligned);
      return;
    }
    this.dropPlot();
    this.drawn = theme;
    this.plot = new Plot(parent, content, this.aligned, theme, {
      onPoint: (index) => {
        if (index === this.point) return;
        this.point = index;
        this.write();
      },
      onZoom: (range) => this.dispatchEvent(new ZoomEvent(range)),
    });
  }

  private dropPlot(): void {
    this.plot?.dispose();
    this.plot = undefined;
  }

  private toggleTable(): void {
    this.isTable = !this.isTable;
    this.point = undefined;
    this.refresh();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === '0' || event.key === 'Escape') this.dispatchEvent(new ZoomEvent(undefined));
    else if (event.key === '+' || event.key === '=') this.zoomBy(0.5);
    else if (event.key === '-') this.zoomBy(2);
    else {
      const moved = this.movedPoint(event.key);
      if (moved === undefined) return;
      this.plot?.point(moved);
      this.point = moved;
      this.speak(moved);
    }
    event.preventDefault();
  }

  /** Where a key moves the crosshair to, among the places that are shown. */
  private movedPoint(key: string): number | undefined {
    const { zoom } = this.current!.content;
    const { x } = this.aligned;
    const shown = x.flatMap((value, index) =>
      zoom === undefined || (value >= zoom.min && value <= zoom.max) ? [index] : [],
    );
    const [first, last] = [shown[0], shown.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const page = Math.max(1, Math.round(shown.length / 10));
    const here = this.point;
    const targets: Record<string, number> = {
      ArrowRight: here === undefined ? first : here + 1,
      ArrowLeft: here === undefined ? last : here - 1,
      PageDown: (here ?? first) + page,
      PageUp: (here ?? last) - page,
      Home: first,
      End: last,
    };
    const target = targets[key];
    return target === undefined ? undefined : Math.min(last, Math.max(first, target));
  }

  private speak(index: number): void {
    const { content } = this.current!;
    const values = this.aligned.columns.flatMap((column) => {
      const value = valueAt(column, index);
      return value === null ? [] : [`${column.label} ${content.format(value)}`];
    });
    this.spoken = `${this.placeText(index)}: ${values.join(', ')}`;
    this.write();
  }

  /** Zooms about the crosshair, or the middle of what is shown. */
  private zoomBy(factor: number): void {
    const { x } = this.aligned;
    const [first, last] = [x[0]!, x.at(-1)!];
    const { min, max } = this.current!.content.zoom ?? { min: first, max: last };
    const middle = this.point === undefined ? (min + max) / 2 : x[this.point]!;
    const range = {
      min: Math.max(first, middle - (middle - min) * factor),
      max: Math.min(last, middle + (max - middle) * factor),
    };
    const isAll = range.min <= first && range.max >= last;
    this.dispatchEvent(new ZoomEvent(isAll ? undefined : range));
  }
}

function swatch(colour: string, stroke: Stroke): unknown {
  return html`<svg class="swatch" width="22" height="10" aria-hidden="true">
    ${svg`<line x1="0" y1="5" x2="22" y2="5" stroke=${colour} stroke-width="2" stroke-dasharray=${DASHES[stroke].join(' ')}></line>`}
  </svg>`;
}

customElements.define('retort-chart', ChartElement);
