import type { Builder, LayerCall, ModelSource, Span } from '../common/model-syntax/model-source';
import type { ReadSource } from '../common/model-syntax/syntax';

/** An edit: this many characters from there on were replaced by so many others. Offsets of the text before it. */
export interface Edit {
  readonly from: number;
  readonly removed: number;
  readonly inserted: number;
}

/** Edits of one change, in any order and without overlap, as ranges before and after it, first to last. */
export function changedRanges(
  edits: readonly Edit[],
): { fromA: number; toA: number; fromB: number; toB: number }[] {
  let shift = 0;
  return [...edits]
    .sort((a, b) => a.from - b.from)
    .map(({ from, removed, inserted }) => {
      const range = { fromA: from, toA: from + removed, fromB: from + shift, toB: from + shift + inserted };
      shift += inserted - removed;
      return range;
    });
}

/** Moves what was found with the text around it; what was deleted goes. */
export function moved(source: ModelSource, edits: readonly Edit[]): ModelSource {
  const move = <Found extends Span>(found: Found): Found[] => {
    const span = movedSpan(found, edits);
    return span ? [{ ...found, ...span }] : [];
  };
  return {
    builders: source.builders.flatMap(move).flatMap((builder) => {
      const nameSpan = movedSpan(builder.nameSpan, edits);
      return nameSpan ? [{ ...builder, nameSpan }] : [];
    }),
    layers: source.layers.flatMap(move),
  };
}

function movedSpan({ from, to }: Span, edits: readonly Edit[]): Span | undefined {
  const start = movedOffset(from, edits, 'end');
  const end = movedOffset(to, edits, 'start');
  return start < end ? { from: start, to: end } : undefined;
}

/** Where an offset comes to lie; one within a replaced part goes to that side of what replaces it. */
function movedOffset(offset: number, edits: readonly Edit[], side: 'start' | 'end'): number {
  let shift = 0;
  for (const { from, removed, inserted } of [...edits].sort((a, b) => a.from - b.from)) {
    if (from > offset || (from === offset && side === 'start')) break;
    if (from + removed > offset) return from + shift + (side === 'start' ? 0 : inserted);
    shift += inserted - removed;
  }
  return offset + shift;
}

/**
 * What to show of a text: what was found in it, and where the parser had to guess also what was last found in the
 * whole text and is still there, so that nothing flickers while someone types.
 */
export function keepLast(read: ReadSource, last: ModelSource): ModelSource {
  if (read.isWhole) return read.source;
  return {
    builders: joined<Builder>(read.source.builders, last.builders, (a, b) => a.name === b.name),
    layers: joined<LayerCall>(read.source.layers, last.layers, () => false),
  };
}

function joined<Found extends Span>(
  found: readonly Found[],
  last: readonly Found[],
  isSame: (a: Found, b: Found) => boolean,
): Found[] {
  const kept = last.filter((old) => !found.some((now) => now.from === old.from || isSame(now, old)));
  return [...found, ...kept].sort((a, b) => a.from - b.from);
}
