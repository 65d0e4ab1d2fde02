import type { Subject, View } from '../../../protocol/panel';
import type { Overlay } from '../../../protocol/panel-charts';
import { type Candidate, groupCandidateKey } from './candidates';
import type { Standing } from './cards';

/** What is drawn beside the panel's own curves, in this order, each once. */
export interface Beside {
  readonly candidate: Candidate;
  readonly role: Overlay['role'];
}

/** The baseline of a run and what the person has chosen; in a panel that compares, its subjects first. */
export function besideOf(
  subject: Subject,
  view: View,
  candidates: readonly Candidate[],
  standing: Standing | undefined,
): Beside[] {
  const byKey = new Map(candidates.map((candidate) => [candidate.choice.key, candidate]));
  const beside = new Map<string, Beside>();
  const add = (key: string, role: Overlay['role']): void => {
    const candidate = byKey.get(key);
    if (candidate !== undefined && !beside.has(key)) beside.set(key, { candidate, role });
  };
  if (subject.kind === 'comparison') {
    for (const key of comparedKeys(subject.keys, candidates)) add(key, 'compared');
  }
  if (standing?.baseline !== undefined) add(groupCandidateKey(standing.baseline), 'baseline');
  for (const key of view.overlays) if (!subject.keys.includes(key)) add(key, 'chosen');
  return [...beside.values()];
}

/** Runs to compare: where all those of a group that count are among them, and several, the group stands for them. */
export function comparedKeys(keys: readonly string[], candidates: readonly Candidate[]): string[] {
  const groups = candidates.filter(
    ({ choice, runs }) =>
      choice.kind === 'group' && runs.length > 1 && runs.every(({ folder }) => keys.includes(folder)),
  );
  const whole = new Map(
    groups.flatMap(({ choice, runs }) => runs.map(({ folder }) => [folder, choice.key] as const)),
  );
  return [...new Set(keys.map((key) => whole.get(key) ?? key))];
}
