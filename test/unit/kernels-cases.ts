import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../../src/engine/backends/kernels';

/**
 * Computations to be made once by TensorFlow.js as it comes, on its plain JavaScript backend, and once with our
 * kernels. `plain` says which one this is, for what plain TensorFlow.js can only say in another way.
 */
export type Case = (plain: boolean) => Record<string, tf.Tensor>;

const epsilon = 1e-3;

export const batchNormShapes: Record<string, number[]> = {
  maps: [8, 7, 5, 3],
  vectors: [6, 10],
  sequences: [4, 6, 5],
  'many channels': [2, 3, 3, 33],
  'large maps': [16, 32, 32, 3],
};

export const cases: Record<string, Case> = {
  ...batchNormCases(),
  ...activationCases(),
  ...convolutionCases(),
  ...depthwiseCases(),
  ...poolingCases(),
  ...reductionCases(),
  ...matMulCases(),
  ...otherCases(),
};

/** Values from -2 to 2 or so, the same on every backend. */
function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** y = f(inputs), and the gradients of sum(y w) + sum(y^2) / 2: y is used twice. */
function withGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  ...inputs: tf.Tensor[]
): Record<string, tf.Tensor> {
  const weighted = (...of: tf.Tensor[]): tf.Tensor => {
    const y = f(...of);
    const w = random(y.shape, 99);
    return tf.add(tf.sum(tf.mul(y, w)), tf.div(tf.sum(tf.mul(y, y)), 2));
  };
  const gradients = tf.grads(weighted)(inputs);
  return { y: f(...inputs), ...Object.fromEntries(gradients.map((gradient, i) => [`d${i}`, gradient])) };
}

function batchNormCases(): Record<string, Case> {
  const result: Record<string, Case> = {
    'batch norm layer, another axis': (plain) =>
      // Plain TensorFlow.js has no gradient there; its layer can have the axes in another order.
      batchNormLayer([3, 4, 5, 2], plain ? {} : { axis: 1 }, plain ? [0, 3, 2, 1] : undefined),
    'batch norm layer, one sample a channel': () => {
      const { y, beta, movingMean, movingVariance } = batchNormLayer([1, 1, 1, 4], {});
      return { y: y!, beta: beta!, movingMean: movingMean!, movingVariance: movingVariance! };
    },
    // Plain TensorFlow.js throws without scale or center; its layer has 1 and 0 there at the start.
    'batch norm layer, no scale': (plain) => {
      return without('gamma', batchNormLayer([4, 3, 3, 2], { scale: plain, gammaInitializer: 'ones' }));
    },
    'batch norm layer, no center': (plain) => {
      return without('beta', batchNormLayer([4, 3, 3, 2], { center: plain, betaInitializer: 'zeros' }));
    },
    'batch norm, inference': () =>
      withGradients(
        (x, scale, offset) =>
          tf.batchNorm4d(
            x as tf.Tensor4D,
            tf.tensor1d([1, 2]),
            tf.tensor1d([3, 4]),
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
            0.1,
          ),
        random([2, 3, 3, 2], 1),
        tf.tensor1d([2, -1]),
        tf.tensor1d([5, 6]),
      ),
    'batch norm, inference without scale and offset': () => ({
      y: tf.batchNorm2d(random([5, 2], 1) as tf.Tensor2D, tf.tensor1d([1, 2]), tf.tensor1d([3, 4])),
    }),
  };
  for (const [name, shape] of Object.entries(batchNormShapes)) {
    result[`batch norm layer, ${name}`] = () => batchNormLayer(shape, {});
    result[`batch norm function, ${name}`] = () => batchNormFunction(shape);
  }
  return result;
}

function without(name: string, tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(tensors).filter(([key]) => key !== name));
}

function batchNormInput(shape: number[]): tf.Tensor {
  return tf.add(tf.mul(random(shape, 1), 2), 3);
}

/** One training pass: output, gradients, and the moving averages after it. `axes` swaps some around the layer. */
function batchNormLayer(
  shape: number[],
  options: Parameters<typeof tf.layers.batchNormalization>[0],
  axes?: number[],
): Record<string, tf.Tensor> {
  const layer = tf.layers.batchNormalization({
    gammaInitializer: tf.initializers.randomNormal({ mean: 1, stddev: 0.2, seed: 3 }),
    betaInitializer: tf.initializers.randomNormal({ stddev: 0.2, seed: 4 }),
    movingMeanInitializer: tf.initializers.randomNormal({ seed: 5 }),
    momentum: 0.9,
    epsilon,
    ...options,
  });
  const x = tf.variable(batchNormInput(shape));
  const layerShape = axes ? axes.map((axis) => shape[axis]!) : shape;
  layer.build([null, ...layerShape.slice(1)]);
  const trainable = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const swap = (x: tf.Tensor): tf.Tensor => (axes ? tf.transpose(x, axes) : x);
  let y: tf.Tensor | undefined;
  const { grads } = tf.variableGrads(() => {
    y = tf.keep(swap(layer.apply(swap(x), { training: true }) as tf.Tensor));
    return batchNormLoss(x, y);
  }, [x, ...trainable]);
  const result: Record<string, tf.Tensor> = { y: y!.clone(), dx: grads[x.name]! };
  for (const weight of layer.weights) {
    const name = weight.originalName.split('/').pop()!;
    if (weight.trainable) result[name] = grads[(weight.read() as tf.Variable).name]!;
    else result[name === 'moving_mean' ? 'movingMean' : 'movingVariance'] = weight.read().clone();
  }
  y!.dispose();
  x.dispose();
  for (const weight of layer.weights) weight.dispose();
  return result;
}

/** Uses x and y each twice. */
function batchNormLoss(x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const w = random(y.shape, 2);
  return tf.add(tf.sum(tf.mul(tf.mul(y, y), w)), tf.sum(tf.mul(tf.mul(x, y), w)));
}

/** Like the layer with the same shape, without moving averages. */
function batchNormFunction(shape: number[]): Record<string, tf.Tensor> {
  const channels = shape[shape.length - 1]!;
  const gamma = tf.randomNormal([channels], 1, 0.2, 'float32', 3);
  const beta = tf.randomNormal([channels], 0, 0.2, 'float32', 4);
  const x = batchNormInput(shape);
  const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
    batchNormLoss(x, batchNormTrain(x, gamma, beta, epsilon));
  const [dx, dgamma, dbeta] = tf.grads(loss)([x, gamma, beta]);
  return { y: batchNormTrain(x, gamma, beta, epsilon), dx: dx!, gamma: dgamma!, beta: dbeta! };
}

function activationCases(): Record<string, Case> {
  // With zeros and, for the bound of relu6, values beyond it.
  const input = (): tf.Tensor => tf.mul(tf.relu(tf.add(random([3, 4, 5], 1), 0.5)), 5);
  const signed = (): tf.Tensor => tf.mul(random([3, 4, 5], 1), 5);
  const activations = ['relu', 'relu6', 'leakyRelu', 'elu', 'sigmoid', 'tanh', 'softplus'] as const;
  return Object.fromEntries(
    activations.map((name) => [
      name,
      () =>
        name.startsWith('relu')
          ? withGradients((x, z) => tf.add(tf[name](x), tf[name](z)), input(), signed())
          : withGradients((x) => tf[name](x), signed()),
    ]),
  );
}

function convolutionCases(): Record<string, Case> {
  const result: Record<string, Case> = {};
  const sizes: [number, number][] = [
    [7, 6],
    [8, 5],
  ];
  for (const [height, width] of sizes) {
    for (const stride of [1, 2]) {
      for (const kernel of [1, 3, 5]) {
        for (const padding of ['same', 'valid'] as const) {
          const name = `convolution ${kernel}x${kernel}, stride ${stride}, ${padding}, ${height}x${width}`;
          result[name] = () =>
            withGradients(
              (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding),
              random([3, height, width, 2], 1),
              random([kernel, kernel, 2, 4], 2),
            );
        }
      }
    }
  }
  const uneven: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [2, 1],
    [0, 2],
    [0, 0],
  ];
  result['convolution 3x1, strides 1 and 3, uneven padding'] = () =>
    withGradients(
      (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [1, 3], uneven),
      random([2, 6, 7, 2], 1),
      random([3, 1, 2, 3], 2),
    );
  for (const dilation of [2, 3]) {
    for (const padding of ['same', 'valid'] as const) {
      result[`convolution 3x3, dilation ${dilation}, ${padding}`] = (plain) =>
        withGradients(
          (x, filter) =>
            plain
              ? tf.conv2d(x as tf.Tensor4D, withHoles(filter, dilation), 1, padding)
              : tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, padding, 'NHWC', dilation),
          random([2, 9, 8, 2], 1),
          random([3, 3, 2, 3], 2),
        );
    }
  }
  result['transposed convolution'] = () =>
    withGradients(
      (x, filter) => tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 7, 6, 3], 2, 'same'),
      random([2, 4, 3, 2], 1),
      random([3, 3, 3, 2], 2),
    );
  result['convolution layer'] = () => {
    const layer = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' });
    return convolutionLayer(layer, []);
  };
  result['dilated convolution layer'] = (plain) => {
    // Plain TensorFlow.js trains the same layer with the holes in the kernel's values.
    const layer = tf.layers.conv2d({
      filters: 3,
      kernelSize: plain ? 5 : 3,
      dilationRate: plain ? 1 : 2,
      padding: 'same',
      useBias: false,
    });
    const kernel = random([3, 3, 2, 3], 7);
    const { y, dx } = convolutionLayer(layer, [plain ? withHoles(kernel, 2) : kernel]);
    return { y: y!, dx: dx! };
  };
  return result;
}

/** A layer's output and gradients with given weights, in training. */
function convolutionLayer(layer: tf.layers.Layer, weights: tf.Tensor[]): Record<string, tf.Tensor> {
  const x = tf.variable(random([2, 6, 5, 2], 1));
  layer.build([null, 6, 5, 2]);
  layer.setWeights(
    weights.length > 0 ? weights : layer.weights.map(({ shape }, i) => random(shape as number[], i + 1)),
  );
  const trainable = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const apply = (): tf.Tensor => layer.apply(x, { training: true }) as tf.Tensor;
  const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(apply())), [x, ...trainable]);
  const result: Record<string, tf.Tensor> = { y: apply(), loss: value, dx: grads[x.name]! };
  trainable.forEach((weight, index) => (result[`d${index}`] = grads[weight.name]!));
  x.dispose();
  for (const weight of layer.weights) weight.dispose();
  return result;
}

/** A kernel with zeros between its rows and columns does what dilation does. */
function withHoles(filter: tf.Tensor, dilation: number): tf.Tensor4D {
  const [height, width, inputs, outputs] = filter.shape as [number, number, number, number];
  const apart = tf.pad(tf.reshape(filter, [height, 1, width, 1, inputs * outputs]), [
    [0, 0],
    [0, dilation - 1],
    [0, 0],
    [0, dilation - 1],
    [0, 0],
  ]);
  const wide = tf.reshape(apart, [height * dilation, width * dilation, inputs, outputs]);
  const exact = [(height - 1) * dilation + 1, (width - 1) * dilation + 1, inputs, outputs];
  return tf.slice(wide, [0, 0, 0, 0], exact) as tf.Tensor4D;
}

function depthwiseCases(): Record<string, Case> {
  const result: Record<string, Case> = {};
  for (const stride of [1, 2]) {
    for (const kernel of [1, 3, 5]) {
      for (const padding of ['same', 'valid'] as const) {
        for (const multiplier of [1, 2]) {
          result[`depthwise ${kernel}x${kernel}, stride ${stride}, ${padding}, multiplier ${multiplier}`] =
            () =>
              withGradients(
                (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding),
                random([2, 7, 6, 3], 1),
                random([kernel, kernel, 3, multiplier], 2),
              );
        }
      }
    }
  }
  return result;
}

function poolingCases(): Record<string, Case> {
  const result: Record<string, Case> = {};
  for (const kind of ['maxPool', 'avgPool'] as const) {
    for (const window of [2, 3]) {
      for (const stride of [1, 2]) {
        for (const padding of ['same', 'valid'] as const) {
          result[`${kind} ${window}x${window}, stride ${stride}, ${padding}`] = (plain) =>
            withGradients(
              (x) =>
                plain && kind === 'avgPool'
                  ? averages(x, window, stride, padding)
                  : tf[kind](x as tf.Tensor4D, window, stride, padding),
              // Rounded, so that largest values are tied.
              tf.round(tf.relu(tf.mul(random([2, 7, 6, 3], 1), 2))),
            );
        }
      }
    }
  }
  return result;
}

/** Average pooling as a convolution: its own gradient on the plain backend is wrong at padded borders. */
function averages(x: tf.Tensor, window: number, stride: number, padding: 'same' | 'valid'): tf.Tensor {
  const sums = (x: tf.Tensor): tf.Tensor =>
    tf.depthwiseConv2d(x as tf.Tensor4D, tf.ones([window, window, 3, 1]), stride, padding);
  return tf.div(sums(x), sums(tf.onesLike(x)));
}

function reductionCases(): Record<string, Case> {
  const result: Record<string, Case> = {};
  for (const axes of [undefined, [0], [-1], [1, 2], [0, 1, 2], [2, 1], [0, 2], [0, 3]]) {
    for (const keep of [false, true]) {
      for (const kind of ['sum', 'mean'] as const) {
        result[`${kind} over ${axes?.join(', ') ?? 'all'}${keep ? ', axes kept' : ''}`] = () =>
          withGradients((x) => tf[kind](x, axes, keep), random([3, 4, 5, 2], 1));
      }
    }
  }
  result['sum of integers'] = () => ({ y: tf.sum(tf.range(0, 24, 1, 'int32').reshape([2, 3, 4]), 0) });
  result['mean of integers'] = () => ({ y: tf.mean(tf.range(0, 24, 1, 'int32').reshape([2, 3, 4]), 0) });
  return result;
}

function matMulCases(): Record<string, Case> {
  const result: Record<string, Case> = {};
  for (const outer of [[], [3], [2, 3]]) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const [a, b] = [transposeA ? [4, 5] : [5, 4], transposeB ? [6, 4] : [4, 6]];
      result[`product of [${[...outer, ...a].join()}] and [${[...outer, ...b].join()}]`] = () =>
        withGradients(
          (a, b) => tf.matMul(a, b, transposeA, transposeB),
          random([...outer, ...a], 1),
          random([...outer, ...b], 2),
        );
    }
  }
  result['product of many and one'] = () => ({
    y: tf.matMul(random([3, 5, 4], 1), random([1, 6, 4], 2), false, true),
  });
  return result;
}

/** Everything twice along the middle axis. */
function doubled(x: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.tile(tf.reshape(x, shape), [1, 2, 1]);
}

/** What models and methods use besides. */
function otherCases(): Record<string, Case> {
  const maps = (): tf.Tensor => random([2, 5, 4, 3], 1);
  return {
    'tile of floats': () => withGradients((x) => tf.tile(x, [2, 1, 3, 2]), random([2, 1, 3, 1], 1)),
    'tile of many axes': (plain) =>
      withGradients(
        (x) =>
          plain
            ? tf.tile(tf.reshape(doubled(x, [6, 1, 4]), [12, 2, 2]), [1, 3, 1]).reshape([2, 3, 2, 6, 2])
            : tf.tile(x, [1, 1, 2, 3, 1]),
        random([2, 3, 1, 2, 2], 1),
      ),
    'tile of integers': () => ({ y: tf.tile(tf.tensor2d([[1], [2]], [2, 1], 'int32'), [2, 3]) }),
    'tile of flags': () => ({ y: tf.cast(tf.tile(tf.tensor1d([true, false], 'bool'), [3]), 'int32') }),
    'broadcast of a number': () => withGradients((x) => tf.broadcastTo(x, [2, 3]), tf.scalar(2.5)),
    'broadcast sum': () => withGradients((a, b) => tf.mul(tf.add(a, b), b), maps(), random([3], 2)),
    softmax: () => withGradients((x) => tf.softmax(x), random([4, 6], 1)),
    'log softmax': () => withGradients((x) => tf.logSoftmax(x), random([4, 6], 1)),
    'log sum exp': () => withGradients((x) => tf.logSumExp(x, 1), random([4, 6], 1)),
    'bilinear resizing': () =>
      withGradients((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 7]), random([2, 4, 4, 3], 1)),
    // The gradient on TensorFlow.js's plain backend is wrong from the second image on.
    'nearest resizing': (plain) =>
      withGradients(
        (x) =>
          plain
            ? doubled(doubled(x, [10, 1, 12]), [80, 1, 3]).reshape([2, 10, 8, 3])
            : tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [10, 8]),
        maps(),
      ),
    gather: () => withGradients((x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')), random([4, 3], 1)),
    'gather of columns': () =>
      withGradients((x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1), random([2, 4, 3], 1)),
    select: () =>
      withGradients(
        (a, b) => tf.where(tf.greater(random([3, 4], 3), 0), a, b),
        random([3, 4], 1),
        random([3, 4], 2),
      ),
    'slices and joins': () =>
      withGradients(
        (x) =>
          tf.concat(
            [
              tf.slice(x, [0, 1], [2, 2]),
              tf.pad(x, [
                [0, 0],
                [1, 0],
              ]),
            ],
            1,
          ),
        random([2, 3], 1),
      ),
    'split and stack': () => withGradients((x) => tf.stack(tf.split(x, 3, 1)), random([2, 6], 1)),
    transpose: () => withGradients((x) => tf.transpose(x, [3, 1, 0, 2]), maps()),
    'squared difference': () =>
      withGradients((a, b) => tf.squaredDifference(a, b), maps(), random([2, 5, 4, 3], 2)),
    normalization: () =>
      withGradients((x) => tf.div(x, tf.add(tf.norm(x, 2, -1, true), 1e-3)), random([4, 6], 1)),
    moments: () => withGradients((x) => tf.sqrt(tf.moments(x, [1, 2]).variance), maps()),
    'largest values': () => withGradients((x) => tf.max(x, 1), random([4, 6], 1)),
    'clipped values': () => withGradients((x) => tf.clipByValue(x, -0.5, 0.5), random([4, 6], 1)),
    powers: () => withGradients((x) => tf.pow(tf.abs(x), 1.5), random([4, 6], 1)),
    'a copy outlives its source': () => {
      const source = random([2, 3], 1);
      const y = tf.clone(source);
      source.dispose();
      return { y, sum: tf.add(y, 1) };
    },
  };
}
