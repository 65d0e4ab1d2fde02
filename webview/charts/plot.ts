import uPlot from 'uplot';
import type { Aligned } from './align';
import type { ChartContent, Range, Series } from './content';
import { DASHES } from './dashes';
import type { Theme } from './theme';
import { tickTexts } from './ticks';

/** What a person does with a plot. */
export interface PlotEvents {
  /** The crosshair has moved to a place of the common x values, or away. */
  readonly onPoint: (index: number | undefined) => void;
  /** A stretch of the axis was dragged over; undefined: double-clicked, all is wanted. */
  readonly onZoom: (range: Range | undefined) => void;
}

/** The picture of a chart: the one place that knows uPlot. */
export class Plot {
  private readonly plot: uPlot;
  private content: ChartContent;
  private readonly observer: ResizeObserver;

  /** @param parent the element that the plot fills; it must have a size of its own */
  constructor(
    private readonly parent: HTMLElement,
    content: ChartContent,
    aligned: Aligned,
    private readonly theme: Theme,
    private readonly events: PlotEvents,
  ) {
    this.content = content;
    this.plot = new uPlot(this.options(aligned), dataOf(aligned), parent);
    this.observer = new ResizeObserver(() => this.plot.setSize(sizeOf(parent)));
    this.observer.observe(parent);
  }

  /** Whether another content can be shown by new data alone. */
  canShow(content: ChartContent): boolean {
    return looksOf(content) === looksOf(this.content);
  }

  show(content: ChartContent, aligned: Aligned): void {
    this.content = content;
    this.plot.setData(dataOf(aligned), true);
  }

  /** Moves the crosshair to a place of the common x values. */
  point(index: number | undefined): void {
    const x = index === undefined ? undefined : this.plot.data[0][index];
    const left = x === undefined ? -10 : this.plot.valToPos(x, 'x');
    this.plot.setCursor({ left, top: x === undefined ? -10 : this.plot.bbox.height / 4 });
  }

  dispose(): void {
    this.observer.disconnect();
    this.plot.destroy();
  }

  private options(aligned: Aligned): uPlot.Options {
    const { theme } = this;
    const axis: uPlot.Axis = {
      stroke: theme.foreground,
      font: theme.smallFont,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { show: false },
      border: { show: true, stroke: theme.grid, width: 1 },
    };
    return {
      ...sizeOf(this.parent),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      scales: {
        x: { time: false, range: (_, min, max) => this.rangeOfX(min, max) },
        y: this.content.isLogarithmic ? { distr: 3 } : {},
      },
      axes: [
        {
          ...axis,
          size: 20,
          gap: 4,
          space: 64,
          ...(this.content.axis.whole && { incrs: WHOLE }),
          values: (_, ticks) => tickTexts(ticks, this.content.axis.format),
        },
        {
          ...axis,
          size: 52,
          gap: 4,
          space: 32,
          values: (_, ticks) => tickTexts(ticks, this.content.format),
        },
      ],
      series: [{}, ...this.series(aligned)],
      bands: this.bands(aligned),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { size: 7, width: 2 },
        hover: { skip: [undefined, null], prox: null },
        bind: { dblclick: () => () => (this.events.onZoom(undefined), null) },
        // Charts of one page point at the same x; what is dragged is told by the page's own state.
        sync: {
          key: `retort-${this.content.axis.label}`,
          scales: ['x', null],
          filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
        },
      },
      hooks: {
        setCursor: [
          (plot) => this.events.onPoint(isOutside(plot) ? undefined : (plot.cursor.idx ?? undefined)),
        ],
        setSelect: [(plot) => this.takeSelection(plot)],
      },
    };
  }

  /** In the order of `dataOf`: what lies below comes first. */
  private series({ bands, raws }: Aligned): uPlot.Series[] {
    const { series, levels } = this.content;
    const hidden: uPlot.Series = { spanGaps: true, points: { show: false }, width: 0 };
    const faint = (key: string): uPlot.Series => ({
      ...hidden,
      stroke: this.theme.faint(this.colourOf(key)),
      width: 1,
    });
    const line = ({ colour, stroke }: Pick<Series, 'colour' | 'stroke'>): uPlot.Series => ({
      stroke: colour,
      width: stroke === 'solid' ? 2 : 1.5,
      dash: [...DASHES[stroke]],
      spanGaps: true,
      points: { size: 5, space: 24, fill: colour, stroke: colour },
    });
    return [
      ...[...bands.keys()].flatMap(() => [hidden, hidden]),
      ...[...raws.keys()].map(faint),
      ...series.map(line),
      ...levels.map((level) => ({ ...line(level), points: { show: false } })),
    ];
  }

  private bands({ bands }: Aligned): uPlot.Band[] {
    return [...bands.keys()].map((key, index) => ({
      series: [2 * index + 2, 2 * index + 1],
      fill: this.theme.veil(this.colourOf(key)),
    }));
  }

  private colourOf(key: string): string {
    return this.content.series.find((series) => series.key === key)!.colour;
  }

  private rangeOfX(min: number, max: number): [number, number] {
    const { zoom } = this.content;
    if (zoom !== undefined) return [zoom.min, zoom.max];
    return min === max ? [min - 0.5, max + 0.5] : [min, max];
  }

  private takeSelection(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 5) return;
    this.events.onZoom({ min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') });
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }
}

const WHOLE = [1, 2, 5]
  .flatMap((digit) => [0, 1, 2, 3, 4, 5, 6, 7, 8].map((power) => digit * 10 ** power))
  .sort((a, b) => a - b);

/** What only a new uPlot can change. */
function looksOf({ series, levels, isLogarithmic, axis }: ChartContent): string {
  const lines = [...series, ...levels];
  return JSON.stringify([
    lines.map(({ key, colour, stroke }) => [key, colour, stroke]),
    series.map(({ band, raw }) => [band !== undefined, raw !== undefined]),
    isLogarithmic,
    axis.label,
  ]);
}

function dataOf({ x, columns, raws, bands }: Aligned): uPlot.AlignedData {
  const edges = [...bands.values()].flatMap(({ low, high }) => [[...low], [...high]]);
  return [[...x], ...edges, ...[...raws.values()].map((raw) => [...raw]), ...columns.map(({ y }) => [...y])];
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, element.clientWidth), height: Math.max(80, element.clientHeight) };
}

function isOutside(plot: uPlot): boolean {
  return (plot.cursor.left ?? -1) < 0;
}
