import type { Score } from '../engine/tasks/classification';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * A sentence if a teacher is no better than chance: less than two standard errors (binomial) above one in
 * `classes`.
 */
export function chanceWarning(teacher: Score, classes: number): string | undefined {
  const chance = 1 / classes;
  const standardError = Math.sqrt((chance * (1 - chance)) / teacher.samples);
  if (teacher.accuracy > chance + 2 * standardError) return undefined;
  return `The teacher's validation accuracy is ${percent(teacher.accuracy)}, no better than chance (${percent(chance)}); check its weights and that it was trained on these classes in this order`;
}

/** A sentence if a teacher is no better than the student that it is to teach. */
export function weakTeacherWarning(teacher: Score, student: Score): string | undefined {
  if (teacher.accuracy > student.accuracy) return undefined;
  return `The teacher's validation accuracy (${percent(teacher.accuracy)}) is no better than the student's at the start (${percent(student.accuracy)}); it has little to teach`;
}
