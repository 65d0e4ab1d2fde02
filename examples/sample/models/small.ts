import * as tf from '@tensorflow/tfjs';
import type { Args } from './blocks';

/** The smallest student: three convolutions, written out layer by layer. */
export function small({ inputShape, classes }: Args): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape,
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        name: 'conv1',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'half' }),
      tf.layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv2' }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'quarter' }),
      tf.layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu', name: 'conv3' }),
      tf.layers.globalAveragePooling2d({ name: 'features' }),
      tf.layers.dense({ units: classes, name: 'logits' }),
    ],
  });
}
