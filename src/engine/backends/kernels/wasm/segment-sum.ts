import * as tf from '@tensorflow/tfjs';
import { floats, type Kernel, registerWasmKernel, sizeOf } from './registration';

export function registerSegmentSum(): void {
  registerWasmKernel(tf.UnsortedSegmentSum, segmentSum);
}

/** The gradient of `tf.gather`: x [rows, ...] summed into the segments that `segmentIds` [rows] name. */
const segmentSum: Kernel = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs;
  const segments = attrs.numSegments as number;
  const out = backend.makeOutput([segments, ...x!.shape.slice(1)], 'float32');
  const rows = backend.readSync(segmentIds!.dataId) as Int32Array;
  const [from, to] = floats(backend, x!, out);
  to!.fill(0);
  const width = sizeOf(x!) / Math.max(1, rows.length);
  rows.forEach((segment, row) => {
    if (segment < 0 || segment >= segments) return;
    for (let i = 0; i < width; i++) to![segment * width + i]! += from![row * width + i]!;
  });
  return out;
};
