/** The inner products of the features of all pairs of samples, [samples, samples], row by row. */
export type Gram = ArrayLike<number>;

/**
 * Linear centred kernel alignment of two features of the same samples, from their Gram matrices: 1 where they differ
 * by a rotation, a scale and a shift, about 0 where they are unrelated. Kornblith et al., Similarity of Neural Network
 * Representations Revisited (ICML 2019), with the unbiased estimator of HSIC (Nguyen, Raghu and Kornblith, ICLR 2021,
 * equation 3): the biased one goes to 1 for any features of many more values than there are samples.
 * NaN for fewer than four samples and for features that are all alike.
 */
export function linearCka(one: Gram, other: Gram, samples: number): number {
  return hsic(one, other, samples) / Math.sqrt(hsic(one, one, samples) * hsic(other, other, samples));
}

/** The Hilbert-Schmidt independence criterion, unbiased: the diagonals do not count. */
function hsic(one: Gram, other: Gram, samples: number): number {
  let [products, sumOfOne, sumOfOther, productsOfRows] = [0, 0, 0, 0];
  for (let row = 0; row < samples; row++) {
    let [rowOfOne, rowOfOther] = [0, 0];
    for (let column = 0; column < samples; column++) {
      if (column === row) continue;
      const [a, b] = [one[row * samples + column]!, other[row * samples + column]!];
      products += a * b;
      rowOfOne += a;
      rowOfOther += b;
    }
    sumOfOne += rowOfOne;
    sumOfOther += rowOfOther;
    productsOfRows += rowOfOne * rowOfOther;
  }
  const sums = (sumOfOne * sumOfOther) / ((samples - 1) * (samples - 2));
  return (products + sums - (2 * productsOfRows) / (samples - 2)) / (samples * (samples - 3));
}
