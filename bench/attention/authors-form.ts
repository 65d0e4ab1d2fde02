import { tf } from '../../src/engine';
import { batchNormTrain } from '../../src/engine/backends/kernels';
import { instanceNorm, NORM_EPSILON } from '../../src/engine/operations/embedding';

type Tensors = Record<string, tf.Tensor>;

/** What CanKD's students read, as its authors write it (`att` and its use): all pairs are divided by the keys' number. */
export function authorsAttention(query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D): tf.Tensor3D {
  return tf.matMul(tf.div(tf.matMul(query, key, false, true), key.shape[1]), value);
}

/** CanKD as its authors write it: all pairs of positions, then their products with the values. */
export function authorsCankd(weights: Tensors, { subSample = true }: Record<string, unknown>) {
  const pointwise = (name: string, maps: tf.Tensor): tf.Tensor =>
    tf.add(
      tf.conv2d(maps as tf.Tensor4D, weights[`${name}/kernel`] as tf.Tensor4D, 1, 'same'),
      weights[`${name}/bias`]!,
    );
  const positions = (maps: tf.Tensor): tf.Tensor3D => tf.reshape(maps, [maps.shape[0], -1, maps.shape[3]!]);
  const pooled = (maps: tf.Tensor): tf.Tensor =>
    subSample === true ? tf.maxPool(maps as tf.Tensor4D, 2, 2, 'valid') : maps;

  return (student: tf.Tensor4D, teacher: tf.Tensor4D): tf.Scalar => {
    const theta = positions(pointwise('theta', student));
    const phi = positions(pooled(pointwise('phi', teacher)));
    const g = positions(pooled(pointwise('g', teacher)));
    const read = tf.reshape(authorsAttention(theta, phi, g), [...student.shape.slice(0, 3), g.shape[2]]);
    const taken = batchNormTrain(
      pointwise('w', read),
      weights['w/gamma'] as tf.Tensor1D,
      weights['w/beta'] as tf.Tensor1D,
      NORM_EPSILON,
    );
    const distance = tf.squaredDifference(instanceNorm(tf.add(student, taken)), instanceNorm(teacher));
    return tf.div(tf.mean(distance), 2);
  };
}

/** TaT as its authors write it: the softmax of all pairs of positions at once. */
export function authorsTat(weights: Tensors) {
  const embed = (name: string, maps: tf.Tensor4D): tf.Tensor =>
    batchNormTrain(
      tf.conv2d(maps, weights[`${name}/kernel`] as tf.Tensor4D, 1, 'same'),
      weights[`${name}/gamma`] as tf.Tensor1D,
      weights[`${name}/beta`] as tf.Tensor1D,
      NORM_EPSILON,
    );
  const positions = (maps: tf.Tensor): tf.Tensor3D => tf.reshape(maps, [maps.shape[0], -1, maps.shape[3]!]);

  return (student: tf.Tensor4D, teacher: tf.Tensor4D): tf.Scalar => {
    const target = positions(teacher);
    const pairs = tf.matMul(positions(embed('query', student)), target, false, true);
    const rebuilt = tf.matMul(tf.softmax(pairs), positions(embed('value', student)));
    return tf.mean(tf.squaredDifference(rebuilt, target));
  };
}
