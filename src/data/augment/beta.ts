import type { Random } from './augmentation';

/** A number from Beta(alpha, alpha): x / (x + y) of two numbers from Gamma(alpha). */
export function drawBeta(alpha: number, random: Random): number {
  const x = logGamma(alpha, random);
  const y = logGamma(alpha, random);
  // In logarithms, since for a small alpha both can be too small for a number.
  return 1 / (1 + Math.exp(y - x));
}

/**
 * The logarithm of a number from Gamma(shape, 1), by rejection (Marsaglia and Tsang: A Simple Method for
 * Generating Gamma Variables, ACM TOMS 26, 2000); a shape below 1 through shape + 1 and a power of a uniform.
 */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/** Box and Muller's method. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
