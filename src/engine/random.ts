import { randomSource } from '../common/random';

/**
 * Runs a synchronous function with a seeded `Math.random`, then puts the old one back.
 * TensorFlow.js draws the seeds of unseeded initialisers, dropout and random operations from `Math.random`,
 * so the same seed gives the same weights and the same dropout, whatever ran before.
 */
export function withSeededRandom<T>(seed: number | string, work: () => T): T {
  const original = Math.random;
  Math.random = randomSource(seed);
  try {
    return work();
  } finally {
    Math.random = original;
  }
}
