import * as tf from '@tensorflow/tfjs';

/** The share that each input position (column) has in each output position (row). */
type Shares = readonly (readonly number[])[];

/**
 * Adaptive average pooling as PyTorch's `adaptive_avg_pool2d`: output i averages the inputs from floor(i n / m) to
 * ceil((i + 1) n / m). Maps [N, H, W, C]; any sizes.
 */
export function adaptiveAveragePool(maps: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return resample(maps, poolingShares(maps.shape[1], height), poolingShares(maps.shape[2], width));
}

/**
 * Adaptive maximum pooling as PyTorch's `adaptive_max_pool2d`, over the same regions. Maps [N, H, W, C]; any sizes.
 * Regions are laid side by side, those with a position less than the largest with their last one twice.
 */
export function adaptiveMaxPool(maps: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [rows, columns] = [poolingWindows(maps.shape[1], height), poolingWindows(maps.shape[2], width)];
    const apart = resample(maps, rows.shares, columns.shares);
    const window: [number, number] = [rows.size, columns.size];
    return tf.maxPool(apart, window, window, 'valid');
  });
}

/**
 * Bilinear interpolation as PyTorch's with `align_corners=False`. Maps [N, H, W, C]. TensorFlow.js has the operation,
 * but not its gradient with half pixel centres on any backend.
 */
export function resizeBilinear(maps: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return resample(maps, bilinearShares(maps.shape[1], height), bilinearShares(maps.shape[2], width));
}

/** Nearest neighbour as PyTorch's `interpolate`: output i takes input floor(i n / m). Maps [N, H, W, C]. */
export function resizeNearest(maps: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  return resample(maps, nearestShares(maps.shape[1], height), nearestShares(maps.shape[2], width));
}

/** All are linear in each axis by itself: two products with small matrices. */
function resample(maps: tf.Tensor4D, rows: Shares, columns: Shares): tf.Tensor4D {
  return tf.tidy(() => alongRows(alongColumns(maps, columns), rows));
}

function alongRows(maps: tf.Tensor4D, shares: Shares): tf.Tensor4D {
  const [samples, height, width, channels] = maps.shape;
  if (isIdentity(shares)) return maps;
  const matrix = sharesTensor(shares, samples);
  const mixed = tf.matMul(matrix, tf.reshape(maps, [samples, height, width * channels]));
  return tf.reshape(mixed, [samples, shares.length, width, channels]);
}

function alongColumns(maps: tf.Tensor4D, shares: Shares): tf.Tensor4D {
  const [samples, height, width, channels] = maps.shape;
  if (isIdentity(shares)) return maps;
  const matrix = sharesTensor(shares, samples * height);
  const mixed = tf.matMul(matrix, tf.reshape(maps, [samples * height, width, channels]));
  return tf.reshape(mixed, [samples, height, shares.length, channels]);
}

/** The same matrix for each of a number of products. */
function sharesTensor(shares: Shares, count: number): tf.Tensor3D {
  return tf.tile(tf.tensor2d(shares as number[][]).expandDims<tf.Tensor3D>(0), [count, 1, 1]);
}

function isIdentity(shares: Shares): boolean {
  return shares.every((row, index) => row.length === shares.length && row[index] === 1);
}

/** Where the region of each output begins and ends. */
function poolingRegions(from: number, to: number): { readonly first: number; readonly end: number }[] {
  return Array.from({ length: to }, (_, out) => {
    return { first: Math.floor((out * from) / to), end: Math.ceil(((out + 1) * from) / to) };
  });
}

function poolingShares(from: number, to: number): Shares {
  return poolingRegions(from, to).map(({ first, end }) =>
    Array.from({ length: from }, (_, at) => (at >= first && at < end ? 1 / (end - first) : 0)),
  );
}

/** All regions one after the other, each with as many positions as the largest. */
function poolingWindows(from: number, to: number): { readonly size: number; readonly shares: Shares } {
  const regions = poolingRegions(from, to);
  const size = Math.max(...regions.map(({ first, end }) => end - first));
  const shares = regions.flatMap(({ first, end }) =>
    Array.from({ length: size }, (_, place) => oneHot(Math.min(first + place, end - 1), from)),
  );
  return { size, shares };
}

function bilinearShares(from: number, to: number): Shares {
  return Array.from({ length: to }, (_, out) => {
    const centre = Math.max(0, ((out + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(centre), from - 1);
    const high = Math.min(low + 1, from - 1);
    const row = new Array<number>(from).fill(0);
    row[low]! += 1 - (centre - low);
    row[high]! += centre - low;
    return row;
  });
}

function nearestShares(from: number, to: number): Shares {
  return Array.from({ length: to }, (_, out) => {
    return oneHot(Math.floor((out * from) / to), from);
  });
}

function oneHot(taken: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => (at === taken ? 1 : 0));
}
