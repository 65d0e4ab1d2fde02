import { distance } from 'fastest-levenshtein';

/** The candidate nearest to a mistyped name, if any is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const candidateDistance = distance(name.toLowerCase(), candidate.toLowerCase());
    const sharesLetters = candidateDistance < Math.max(name.length, candidate.length);
    if (candidateDistance < bestDistance && sharesLetters) {
      best = candidate;
      bestDistance = candidateDistance;
    }
  }
  return best;
}

/** `; did you mean "x"?` for an error message, or nothing. */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const suggestion = nearest(name, candidates);
  return suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
}

/** The name that a message made with `didYouMean` proposes. */
export function suggestionIn(message: string): string | undefined {
  return /; did you mean "(.*?)"\?/.exec(message)?.[1];
}

/** Like `didYouMean`; where nothing is near, it says what there is instead: `; there are a, b and c`. */
export function amongst(name: string, candidates: readonly string[]): string {
  return didYouMean(name, candidates) || thereAre(candidates);
}

/** `; there are a, b and c`, or nothing where there is none. */
export function thereAre(candidates: readonly string[]): string {
  if (candidates.length === 0) return '';
  return `; there ${candidates.length === 1 ? 'is' : 'are'} ${new Intl.ListFormat('en-GB').format(candidates)}`;
}
