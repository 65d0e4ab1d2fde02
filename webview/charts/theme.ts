/** What pictures need of the editor's theme, which only style sheets see otherwise. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  readonly grid: string;
  /** Family. */
  readonly font: string;
  readonly smallFont: string;
  /** Colours of lines, told apart by eye, each with the contrast of text. */
  readonly lines: readonly string[];
  /** The colour of a band about a line. */
  readonly veil: (colour: string) => string;
  /** The colour of what a line was before it was smoothed. */
  readonly faint: (colour: string) => string;
}
