import * as tf from '@tensorflow/tfjs';

/** Entries of the attention matrix that are held at a time, of all images and heads together. */
const BLOCK_ENTRIES = 1 << 21;

/**
 * softmax(Q K^T) V without scale, for Q, K and V [B, P, d], [B, K, d], [B, K, e]: each row of Q draws on all of K.
 * Computed in blocks of rows that are made again in the backward pass, so that memory grows with P + K and not with
 * P K (Rabe and Staats, Self-attention Does Not Need O(n^2) Memory, section 3). The result is the same.
 * `fixedKey`: no gradient is computed for the key.
 */
export function softmaxAttention(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  { fixedKey = false } = {},
): tf.Tensor3D {
  const attend = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    save([query, key, value]);
    return {
      value: forward(query, key, value),
      gradFunc: (gradient, saved) => {
        const gradients = backward(gradient as tf.Tensor3D, saved as Saved, fixedKey);
        return fixedKey
          ? [gradients.query, gradients.value]
          : [gradients.query, gradients.value, gradients.key!];
      },
    };
  });
  return (fixedKey ? attend(query, value) : attend(query, value, key)) as tf.Tensor3D;
}

type Saved = tf.Tensor[] & readonly [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];

function forward(query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D): tf.Tensor3D {
  return concatenated(
    rowBlocks(query, key).map(({ start, size }) =>
      tf.tidy(() => tf.matMul(weightsOf(rows(query, start, size), key), value)),
    ),
  );
}

interface Gradients {
  readonly query: tf.Tensor3D;
  readonly value: tf.Tensor3D;
  readonly key: tf.Tensor3D | undefined;
}

function backward(gradient: tf.Tensor3D, [query, key, value]: Saved, fixedKey: boolean): Gradients {
  const queryBlocks: tf.Tensor3D[] = [];
  let valueSum: tf.Tensor3D | undefined;
  let keySum: tf.Tensor3D | undefined;
  for (const { start, size } of rowBlocks(query, key)) {
    const [toQuery, toValue, toKey] = tf.tidy(() => {
      const queries = rows(query, start, size);
      const read = rows(gradient, start, size);
      const weights = weightsOf(queries, key);
      const toWeights = tf.matMul(read, value, false, true);
      // Of softmax: w (g - sum(w g)).
      const mean = tf.sum(tf.mul(weights, toWeights), -1, true);
      const toScores = tf.mul(weights, tf.sub(toWeights, mean));
      return [
        tf.matMul(toScores, key),
        plus(valueSum, tf.matMul(weights, read, true, false)),
        fixedKey ? undefined : plus(keySum, tf.matMul(toScores, queries, true, false)),
      ] as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D | undefined];
    });
    valueSum?.dispose();
    keySum?.dispose();
    queryBlocks.push(toQuery);
    valueSum = toValue;
    keySum = toKey;
  }
  return { query: concatenated(queryBlocks), value: valueSum!, key: keySum };
}

function plus(sum: tf.Tensor | undefined, term: tf.Tensor): tf.Tensor {
  return sum === undefined ? term : tf.add(sum, term);
}

function weightsOf(query: tf.Tensor3D, key: tf.Tensor3D): tf.Tensor {
  return tf.softmax(tf.matMul(query, key, false, true));
}

function rows(tensor: tf.Tensor3D, start: number, size: number): tf.Tensor3D {
  const [batch, , depth] = tensor.shape;
  return size === tensor.shape[1] ? tensor : tf.slice(tensor, [0, start, 0], [batch, size, depth]);
}

function rowBlocks(query: tf.Tensor3D, key: tf.Tensor3D): { start: number; size: number }[] {
  const [batch, count] = query.shape;
  const size = Math.min(count, Math.max(1, Math.floor(BLOCK_ENTRIES / (batch * key.shape[1]))));
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => {
    const start = index * size;
    return { start, size: Math.min(size, count - start) };
  });
}

function concatenated(blocks: tf.Tensor[]): tf.Tensor3D {
  if (blocks.length === 1) return blocks[0] as tf.Tensor3D;
  const whole = tf.concat(blocks, 1) as tf.Tensor3D;
  tf.dispose(blocks);
  return whole;
}
