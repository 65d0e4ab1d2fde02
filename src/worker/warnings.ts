import type { Score } from '../engine/tasks/classification';
import { planStages } from '../engine/train/stage-plan';
import { TEACHER } from '../recipe/teachers';
import type { Prepared } from './prepare';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function possessive(name: string): string {
  return name === TEACHER ? "The teacher's" : `The teacher "${name}"'s`;
}

/**
 * A sentence if a teacher is no better than chance: less than two standard errors (binomial) above one in
 * `classes`.
 */
export function chanceWarning(name: string, teacher: Score, classes: number): string | undefined {
  const chance = 1 / classes;
  const standardError = Math.sqrt((chance * (1 - chance)) / teacher.samples);
  if (teacher.accuracy > chance + 2 * standardError) return undefined;
  return `${possessive(name)} validation accuracy is ${percent(teacher.accuracy)}, no better than chance (${percent(chance)}); check its weights and that it was trained on these classes in this order`;
}

/** A sentence if a teacher is no better than the student that it is to teach. */
export function weakTeacherWarning(name: string, teacher: Score, student: Score): string | undefined {
  if (teacher.accuracy > student.accuracy) return undefined;
  return `${possessive(name)} validation accuracy (${percent(teacher.accuracy)}) is no better than the student's at the start (${percent(student.accuracy)}); it has little to teach`;
}

/** A sentence for each hook whose method was to learn from the teacher first, and does not. */
export function untaughtWarnings({ recipe, hooks, student, plan }: Prepared): string[] {
  const stages = planStages(recipe.train, hooks, student, plan);
  return hooks.flatMap((hook) => {
    const first = (pretrain: boolean): number =>
      stages.findIndex((stage) => stage.pretrain === pretrain && stage.hooks.includes(hook));
    const [taught, used] = [first(true), first(false)];
    if (hook.method.pretraining === undefined || used < 0 || (taught >= 0 && taught < used)) return [];
    return [
      `${hook.name} compares with weights that are to learn from the teacher first; put a stage with "pretrain": true before the others (train.stages), or they stay as they were drawn`,
    ];
  });
}
