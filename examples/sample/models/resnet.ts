import * as tf from '@tensorflow/tfjs';
import { type Args, classifier, convolution, relu, residualBlock } from './blocks';

interface ResNetArgs extends Args {
  /** Channels of the first stage; the others have two and four times as many. */
  width?: number;
}

/** The teacher: 20 layers. */
export function resnet20({ inputShape, classes, width = 16 }: ResNetArgs): tf.LayersModel {
  return resnet({ inputShape, classes, width }, 3);
}

/** A student: 8 layers, half as wide. */
export function resnet8({ inputShape, classes, width = 8 }: ResNetArgs): tf.LayersModel {
  return resnet({ inputShape, classes, width }, 1);
}

/** A ResNet for small images (He et al., 2016): three stages, each half the resolution of the one before. */
function resnet({ inputShape, classes, width }: Required<ResNetArgs>, blocks: number): tf.LayersModel {
  const image = tf.input({ shape: inputShape, name: 'image' });
  let x = relu(convolution(image, width, 3), 'stem');
  for (const stage of [1, 2, 3]) {
    const filters = width * 2 ** (stage - 1);
    for (let block = 1; block <= blocks; block++) {
      const strides = stage > 1 && block === 1 ? 2 : 1;
      // The last activation of a stage has a name, so that it can be hooked.
      const name = block === blocks ? `stage${stage}` : undefined;
      x = residualBlock(x, filters, strides, name);
    }
  }
  return tf.model({ inputs: image, outputs: classifier(x, classes) });
}
