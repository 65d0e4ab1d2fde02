import { STUDENT, TEACHER } from '../../recipe/teachers';
import type { Model } from '../models/model';

/** A model that hooks learn from. */
export interface TeacherModel {
  readonly model: Model;
  /** It is trained beside the student, and learns from it by the same hooks. */
  readonly learns: boolean;
}

/** By the names that hooks know them by. */
export type Teachers = ReadonlyMap<string, TeacherModel>;

/** What hooks are put between. */
export interface Cohort {
  readonly student: Model;
  readonly teachers: Teachers;
}

/** All models by name, those that learn first, of these the student first. */
export function modelsOf({ student, teachers }: Cohort): ReadonlyMap<string, Model> {
  const named = [...teachers].map(([name, { model }]) => [name, model] as const);
  return new Map([[STUDENT, student], ...named.filter(([name]) => learns(teachers, name)), ...named]);
}

/** The names of the models that learn, the student first. */
export function learnersOf({ teachers }: Pick<Cohort, 'teachers'>): string[] {
  return [STUDENT, ...[...teachers.keys()].filter((name) => learns(teachers, name))];
}

/** Where a model stands in a recipe, as a path of names: `student`, `teacher`, `teachers/deep`. */
export function pathOf(name: string): string {
  return name === STUDENT || name === TEACHER ? name : `teachers/${name}`;
}

/** What stands in front of the names of what a model learns and with: nothing for the student. */
export function prefixOf(learner: string): string {
  return learner === STUDENT ? '' : `${learner}/`;
}

function learns(teachers: Teachers, name: string): boolean {
  return teachers.get(name)?.learns === true;
}
