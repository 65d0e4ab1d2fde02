import * as tf from '@tensorflow/tfjs';
import { type Kernel, registerWasmKernel, sizeOf } from './registration';

export function registerTile(): void {
  registerWasmKernel(tf.Tile, tile);
}

/** Writes each block once and copies it, from the last axis to the first. */
const tile: Kernel = ({ inputs, attrs, backend }) => {
  const x = inputs.x!;
  const reps = attrs.reps as number[];
  const rank = x.shape.length;
  const out = backend.makeOutput(
    x.shape.map((size, axis) => size * reps[axis]!),
    x.dtype,
  );
  if (sizeOf(out) === 0) return out;
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(out);
  let read = 0;

  /** Fills the block of an axis at `start` of the output; returns its end. */
  const fill = (axis: number, start: number): number => {
    let end = start;
    if (axis >= rank - 1) {
      const count = x.shape[axis] ?? 1;
      to.set(from.subarray(read, read + count), start);
      read += count;
      end += count;
    } else {
      for (let i = 0; i < x.shape[axis]!; i++) end = fill(axis + 1, end);
    }
    return repeat(start, end, reps[axis] ?? 1);
  };

  const repeat = (start: number, end: number, times: number): number => {
    const last = start + (end - start) * times;
    if (end - start === 1) {
      to.fill(to[start]!, end, last);
      return last;
    }
    for (let next = end; next < last;) {
      const count = Math.min(next - start, last - next);
      to.copyWithin(next, start, start + count);
      next += count;
    }
    return last;
  };

  fill(0, 0);
  return out;
};
