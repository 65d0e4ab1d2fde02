import * as tf from '@tensorflow/tfjs';

/** What every builder is called with: the size of the images and the number of classes come from the data. */
export interface Args {
  inputShape: [height: number, width: number, channels: number];
  classes: number;
}

type Tensor = tf.SymbolicTensor;

/** A convolution and its batch normalisation. */
export function convolution(x: Tensor, filters: number, kernelSize: number, strides = 1): Tensor {
  const y = tf.layers
    .conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer: 'heNormal' })
    .apply(x);
  return tf.layers.batchNormalization().apply(y) as Tensor;
}

export function relu(x: Tensor, name?: string): Tensor {
  return tf.layers.reLU({ name }).apply(x) as Tensor;
}

/** Two 3x3 convolutions and the shortcut around them. */
export function residualBlock(x: Tensor, filters: number, strides: number, name?: string): Tensor {
  const y = convolution(relu(convolution(x, filters, 3, strides)), filters, 3);
  const changes = strides > 1 || x.shape[3] !== filters;
  const shortcut = changes ? convolution(x, filters, 1, strides) : x;
  return relu(tf.layers.add().apply([y, shortcut]) as Tensor, name);
}

/** Averages over the image and answers with one logit a class. */
export function classifier(x: Tensor, classes: number): Tensor {
  const features = tf.layers.globalAveragePooling2d({ name: 'features' }).apply(x);
  return tf.layers.dense({ units: classes, name: 'logits' }).apply(features) as Tensor;
}
