import type { Stroke } from './content';

/** Lengths of strokes and gaps in pixels. */
export const DASHES: Readonly<Record<Stroke, readonly number[]>> = {
  solid: [],
  dashed: [7, 5],
  dotted: [2, 4],
};
