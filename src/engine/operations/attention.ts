import * as tf from '@tensorflow/tfjs';

/** Entries of the attention matrix that are held at a time, of all images and heads together. */
const BLOCK_ENTRIES = 1 << 20;
/** Rows that a block has at least, of all images and heads together: shorter products waste the processor. */
const BLOCK_ROWS = 256;

/**
 * The mean square between softmax(Q K^T) V, without scale, and T; for Q [B, P, d], K [B, n, d], V [B, n, e] and
 * T [B, P, e]. Each row of Q draws on all of K.
 *
 * Computed in blocks of rows, so that memory grows with P + n and not with P n (Rabe and Staats, Self-attention Does
 * Not Need O(n^2) Memory, section 3). A block's gradients are taken while its attention is at hand: the loss is a
 * scalar, so the backward pass only scales them. T gets no gradient, and with `fixedKey` neither does K.
 */
export function attentionError(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  target: tf.Tensor3D,
  { fixedKey = false } = {},
): tf.Scalar {
  const error = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    const { loss, gradients } = inBlocks(query, key, value, target, fixedKey);
    save(gradients);
    return {
      value: loss,
      gradFunc: (scale, saved) => saved.map((gradient) => tf.mul(gradient, scale)),
    };
  });
  return (fixedKey ? error(query, value) : error(query, value, key)) as tf.Scalar;
}

/** The loss and its gradients in query, value and, unless it is fixed, key. */
function inBlocks(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  target: tf.Tensor3D,
  fixedKey: boolean,
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  const ofQuery: tf.Tensor[] = [];
  /** Loss and gradients in value and key: sums over the blocks. */
  let sums: tf.Tensor[] = [];
  for (const { start, size } of rowBlocks(query, key)) {
    const [toQuery, ...terms] = tf.tidy<tf.Tensor[]>(() => {
      const queries = rows(query, start, size);
      const weights = tf.softmax(tf.matMul(queries, key, false, true));
      const rest = tf.sub(tf.matMul(weights, value), rows(target, start, size));
      const loss = tf.div(tf.sum(tf.square(rest)), target.size);
      const toRead = tf.mul(rest, 2 / target.size);
      const toScores = softmaxGradient(weights, tf.matMul(toRead, value, false, true));
      const toValue = tf.matMul(weights, toRead, true, false);
      const toKey = fixedKey ? [] : [tf.matMul(toScores, queries, true, false)];
      const added = [loss, toValue, ...toKey].map((term, index) =>
        sums[index] ? tf.add(sums[index], term) : term,
      );
      return [tf.matMul(toScores, key), ...added];
    });
    tf.dispose(sums);
    sums = terms;
    ofQuery.push(toQuery!);
  }
  const [loss, ...others] = sums;
  return { loss: loss as tf.Scalar, gradients: [concatenated(ofQuery), ...others] };
}

/** w (g - sum(w g)), for the rows w of a softmax and the gradients g in them. */
function softmaxGradient(weights: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const mean = tf.sum(tf.mul(weights, gradient), -1, true);
    return tf.mul<tf.Tensor>(weights, tf.sub(gradient, mean));
  });
}

function rows(tensor: tf.Tensor3D, start: number, size: number): tf.Tensor3D {
  const [batch, , depth] = tensor.shape;
  return size === tensor.shape[1] ? tensor : tf.slice(tensor, [0, start, 0], [batch, size, depth]);
}

function rowBlocks(query: tf.Tensor3D, key: tf.Tensor3D): { start: number; size: number }[] {
  const [batch, count] = query.shape;
  const size = Math.min(
    count,
    Math.max(Math.ceil(BLOCK_ROWS / batch), Math.floor(BLOCK_ENTRIES / (batch * key.shape[1]))),
  );
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => {
    const start = index * size;
    return { start, size: Math.min(size, count - start) };
  });
}

function concatenated(blocks: tf.Tensor[]): tf.Tensor {
  if (blocks.length === 1) return blocks[0]!;
  const whole = tf.concat(blocks, 1);
  tf.dispose(blocks);
  return whole;
}

/**
 * (Q K^T / n) V without softmax, for Q [B, P, d], K [B, n, d] and V [B, n, e], in the cheaper of the two orders that
 * its absence allows: P n (d + e) multiplications one way, (P + n) d e the other.
 */
export function dotProductAttention(query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D): tf.Tensor3D {
  const [, positions, depth] = query.shape;
  const [, count, width] = value.shape;
  // The smaller product is divided: that of the positions would be held once more.
  return positions * count * (depth + width) < (positions + count) * depth * width
    ? tf.matMul(tf.div(tf.matMul(query, key, false, true), count), value)
    : tf.matMul(query, tf.div(tf.matMul(key, value, true, false), count));
}
