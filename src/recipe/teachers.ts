import type { Hook, Recipe, Teacher } from './schema';

/** The name in `from` of the student itself: self-distillation. */
export const STUDENT = 'student';

/** The name in `from` of the teacher at `teacher`; what hooks learn from that name none. */
export const TEACHER = 'teacher';

/** A teacher as hooks know it. */
export interface NamedTeacher {
  readonly name: string;
  /** Where it stands in the recipe: `teacher`, `teachers.deep`. */
  readonly path: string;
  readonly reference: Teacher;
}

/** All teachers of a recipe, that at `teacher` first. */
export function teachersOf({ teacher, teachers = {} }: Pick<Recipe, 'teacher' | 'teachers'>): NamedTeacher[] {
  return [
    ...(teacher ? [{ name: TEACHER, path: TEACHER, reference: teacher }] : []),
    ...Object.entries(teachers).map(([name, reference]) => ({ name, path: `teachers.${name}`, reference })),
  ];
}

/** The names of those whom a hook learns from. */
export function sourcesOf({ from = TEACHER }: Pick<Hook, 'from'>): string[] {
  return [from].flat();
}
