import { type Aligned, align } from './align';
import type { ChartContent, Series, Stroke } from './content';
import { DASHES } from './dashes';
import { ticksOf, tickTexts } from './ticks';

/** A picture that can be written as SVG and painted on a canvas alike. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly marks: readonly Mark[];
}

export type Mark = PathMark | TextMark | ClippedMark;

export interface PathMark {
  readonly kind: 'path';
  /** In the language of SVG's `d`. */
  readonly d: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

export interface TextMark {
  readonly kind: 'text';
  readonly text: string;
  readonly x: number;
  /** Of the base line. */
  readonly y: number;
  readonly colour: string;
  readonly size: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Marks of which only what lies in a box is seen. */
export interface ClippedMark {
  readonly kind: 'clipped';
  readonly box: Box;
  readonly marks: readonly Mark[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The theme's colours that a drawing uses. */
export interface Ink {
  readonly background: string;
  readonly foreground: string;
  readonly grid: string;
  readonly veil: (colour: string) => string;
  readonly faint: (colour: string) => string;
}

const CELL = { width: 640, height: 360 };
const MARGIN = { left: 64, right: 20, top: 60, bottom: 48 };
const TEXT_SIZE = 12;
const LEGEND_ROW = 18;
/** Mean width of a letter in sizes of the font, for placing the legend. */
const LETTER = 0.56;

/** Draws charts, two beside each other: each with its title, legend, axes, bands and lines. */
export function drawCharts(charts: readonly ChartContent[], ink: Ink): Drawing {
  const columns = Math.min(2, Math.max(1, charts.length));
  return {
    width: columns * CELL.width,
    height: Math.max(1, Math.ceil(charts.length / columns)) * CELL.height,
    background: ink.background,
    marks: charts.flatMap((chart, index) => {
      const corner = {
        x: (index % columns) * CELL.width,
        y: Math.floor(index / columns) * CELL.height,
      };
      return drawChart(chart, ink, corner);
    }),
  };
}

function drawChart(chart: ChartContent, ink: Ink, corner: { x: number; y: number }): Mark[] {
  const left = corner.x + MARGIN.left;
  const width = CELL.width - MARGIN.left - MARGIN.right;
  const legend = legendEntries(chart, width);
  const top = MARGIN.top + LEGEND_ROW * (legend.at(-1)?.row ?? 0);
  const box = { x: left, y: corner.y + top, width, height: CELL.height - top - MARGIN.bottom };
  const aligned = align(chart);
  const scales = scalesOf(chart, aligned, box);
  return [
    text(chart.title, box.x, corner.y + 24, ink.foreground, { size: 15 }),
    ...drawLegend(legend, ink, left, corner.y + 46),
    ...drawAxes(chart, ink, scales, box),
    {
      kind: 'clipped',
      box,
      marks: [
        ...drawBands(chart, aligned, scales, ink),
        ...drawRaws(chart, aligned, scales, ink),
        ...drawLines(chart, aligned, scales),
      ],
    },
  ];
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

interface Scale {
  readonly min: number;
  readonly max: number;
  readonly place: (value: number) => number;
}

function scalesOf(
  { zoom, isLogarithmic }: ChartContent,
  { x, columns, raws, bands }: Aligned,
  box: Box,
): Scales {
  const shown = { min: zoom?.min ?? x[0] ?? 0, max: zoom?.max ?? x.at(-1) ?? 1 };
  const lines = [
    ...columns.map(({ y }) => y),
    ...raws.values(),
    ...[...bands.values()].flatMap(({ low, high }) => [low, high]),
  ];
  const isShown = x.map((value) => value >= shown.min && value <= shown.max);
  const values = lines.flatMap((line) =>
    line.filter((value, index) => value !== null && isShown[index]!),
  ) as number[];
  const { min, max } = withRoom(values, isLogarithmic);
  return {
    x: scale(shown.min, shown.max, box.x, box.x + box.width, (value) => value),
    y: scale(min, max, box.y + box.height, box.y, isLogarithmic ? Math.log10 : (value) => value),
  };
}

function scale(min: number, max: number, from: number, to: number, warp: (value: number) => number): Scale {
  const span = warp(max) - warp(min) || 1;
  return { min, max, place: (value) => from + ((warp(value) - warp(min)) / span) * (to - from) };
}

function withRoom(values: readonly number[], isLogarithmic: boolean): { min: number; max: number } {
  if (values.length === 0) return isLogarithmic ? { min: 1, max: 10 } : { min: 0, max: 1 };
  const min = values.reduce((one, other) => Math.min(one, other));
  const max = values.reduce((one, other) => Math.max(one, other));
  if (isLogarithmic)
    return { min: 10 ** Math.floor(Math.log10(min)), max: 10 ** (Math.floor(Math.log10(max)) + 1) };
  const room = max === min ? Math.abs(max) * 0.1 || 1 : (max - min) * 0.05;
  return { min: min - room, max: max + room };
}

function drawLines(chart: ChartContent, aligned: Aligned, scales: Scales): Mark[] {
  return [...chart.series, ...chart.levels].flatMap(({ colour, stroke }, index) => {
    const points = pointsOf(aligned.x, aligned.columns[index]!.y, scales);
    return points.length === 0 ? [] : [line(`M${points.join('L')}`, colour, stroke)];
  });
}

function drawRaws(chart: ChartContent, { x, raws }: Aligned, scales: Scales, ink: Ink): Mark[] {
  return chart.series.flatMap(({ key, colour }) => {
    const points = pointsOf(x, raws.get(key) ?? [], scales);
    return points.length === 0
      ? []
      : [{ kind: 'path', d: `M${points.join('L')}`, stroke: ink.faint(colour) } as const];
  });
}

function drawBands(chart: ChartContent, { x, bands }: Aligned, scales: Scales, ink: Ink): Mark[] {
  return chart.series.flatMap(({ key, colour }) => {
    const band = bands.get(key);
    if (band === undefined) return [];
    const edge = [...pointsOf(x, band.high, scales), ...pointsOf(x, band.low, scales).reverse()];
    return edge.length === 0
      ? []
      : [{ kind: 'path', d: `M${edge.join('L')}Z`, fill: ink.veil(colour) } as const];
  });
}

function pointsOf(x: readonly number[], y: readonly (number | null)[], scales: Scales): string[] {
  return y.flatMap((value, index) =>
    value === null ? [] : [`${round(scales.x.place(x[index]!))} ${round(scales.y.place(value))}`],
  );
}

function drawAxes(chart: ChartContent, ink: Ink, { x, y }: Scales, box: Box): Mark[] {
  const bottom = box.y + box.height;
  const right = box.x + box.width;
  const rowTicks = ticksOf(y.min, y.max, 5, { isLogarithmic: chart.isLogarithmic });
  const rowTexts = tickTexts(rowTicks, chart.format);
  const rows = rowTicks.flatMap((tick, index) => {
    const place = round(y.place(tick));
    return [
      { kind: 'path', d: `M${box.x} ${place}H${right}`, stroke: ink.grid } as const,
      text(rowTexts[index]!, box.x - 8, place + 4, ink.foreground, { anchor: 'end' }),
    ];
  });
  const columns = ticksOf(x.min, x.max, 6, { whole: chart.axis.whole }).map((tick) =>
    text(chart.axis.format(tick), round(x.place(tick)), bottom + 18, ink.foreground, { anchor: 'middle' }),
  );
  return [
    ...rows,
    ...columns,
    { kind: 'path', d: `M${box.x} ${box.y}V${bottom}H${right}`, stroke: ink.foreground },
    text(chart.axis.label, box.x + box.width / 2, bottom + 38, ink.foreground, { anchor: 'middle' }),
  ];
}

interface LegendEntry extends Pick<Series, 'label' | 'colour' | 'stroke'> {
  readonly row: number;
  /** From the legend's left end. */
  readonly x: number;
}

/** The lines' names beside each other, in as many rows as that takes. */
function legendEntries({ series, levels }: ChartContent, width: number): LegendEntry[] {
  let row = 0;
  let end = 0;
  return [...series, ...levels].map(({ label, colour, stroke }) => {
    const room = 46 + label.length * TEXT_SIZE * LETTER;
    if (end > 0 && end + room > width) {
      row++;
      end = 0;
    }
    const x = end;
    end += room;
    return { label, colour, stroke, row, x };
  });
}

function drawLegend(entries: readonly LegendEntry[], ink: Ink, left: number, top: number): Mark[] {
  return entries.flatMap(({ label, colour, stroke, row, x }) => {
    const place = { x: left + x, y: top + row * LEGEND_ROW };
    return [
      line(`M${round(place.x)} ${place.y - 4}h24`, colour, stroke),
      text(label, round(place.x + 30), place.y, ink.foreground),
    ];
  });
}

function line(d: string, colour: string, stroke: Stroke): Mark {
  return { kind: 'path', d, stroke: colour, width: 2, dash: DASHES[stroke] };
}

function text(
  words: string,
  x: number,
  y: number,
  colour: string,
  { size = TEXT_SIZE, anchor = 'start' }: { size?: number; anchor?: TextMark['anchor'] } = {},
): TextMark {
  return { kind: 'text', text: words, x, y, colour, size, anchor };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
