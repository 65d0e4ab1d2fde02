import seedrandom from 'seedrandom';

/** A source of numbers in [0, 1), the same for the same parts: `randomSource(seed, 'augment', epoch, index)`. */
export function randomSource(...parts: (string | number)[]): () => number {
  return seedrandom.alea(parts.join('/'));
}

/** A seeded Fisher-Yates permutation of 0 … count - 1. */
export function permutation(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}
