/** How a line is drawn: teachers always dashed, the baseline always dotted, whatever was run solid. */
export type Stroke = 'solid' | 'dashed' | 'dotted';

export interface Series {
  /** Tells the series from the others of its chart. */
  readonly key: string;
  readonly label: string;
  /** A CSS colour that stands out from the background. */
  readonly colour: string;
  readonly stroke: Stroke;
  /** Ascending. */
  readonly x: readonly number[];
  /** One for each x; null where there is no value. */
  readonly y: readonly (number | null)[];
  /** What `y` was before it was smoothed, for each x; drawn faintly. */
  readonly raw?: readonly (number | null)[];
  /** The spread about `y`, for groups of runs: one low and one high for each x. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
}

/** A level to compare with, drawn across the whole chart. */
export interface Level {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly stroke: Stroke;
  readonly y: number;
}

/** All that a chart shows; the picture, the table and the exported files are drawn from it. */
export interface ChartContent {
  /** Tells the chart from the others of the page. */
  readonly id: string;
  readonly title: string;
  readonly axis: {
    readonly label: string;
    readonly format: (x: number) => string;
    /** Ticks at whole numbers only: steps, epochs. */
    readonly whole: boolean;
  };
  readonly format: (y: number) => string;
  readonly isLogarithmic: boolean;
  readonly series: readonly Series[];
  readonly levels: readonly Level[];
  /** What is shown of the axis; all where absent. */
  readonly zoom?: Range;
  /** Shown in place of a chart without values. */
  readonly empty: string;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}
