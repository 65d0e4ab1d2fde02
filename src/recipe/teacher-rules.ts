import { amongst } from '../common/suggest';
import type { Catalogue } from './catalogue';
import type { Finding } from './problem';
import { parseReference } from './reference';
import type { Hook, Recipe } from './schema';
import { sourcesOf, STUDENT, TEACHER, teachersOf } from './teachers';
import { teacherCommand } from './teacher-command';

/** What must hold of teachers and of whom hooks learn from. `file` is named in the advice. */
export function checkTeachers(recipe: Recipe, catalogue: Catalogue, file: string): Finding[] {
  const hooks = recipe.hooks.flatMap((hook, index) => [
    ...checkSources(recipe, hook, index),
    ...checkSelf(hook, index, catalogue),
    ...checkPairs(hook, index, catalogue),
  ]);
  return [...checkNames(recipe), ...checkPresence(recipe), ...hooks, ...checkTrained(recipe, file)];
}

function checkNames({ teachers = {} }: Recipe): Finding[] {
  return Object.keys(teachers).flatMap((name): Finding[] => {
    const path = `teachers[${JSON.stringify(name)}]`;
    if (name === STUDENT || name === TEACHER) {
      return [{ path, message: `"${name}" means another model already; choose another name`, about: 'key' }];
    }
    if (/^[\p{L}][\p{L}\p{N}_-]*$/u.test(name)) return [];
    return [{ path, message: 'a name has letters, digits, _ and - only, a letter first', about: 'key' }];
  });
}

/** Hooks that name nobody learn from `teacher`; a student may end in its classifier. */
function checkPresence(recipe: Recipe): Finding[] {
  if (recipe.teacher === undefined && recipe.student.teacherClassifier) {
    const message = 'missing; the student is to end in its classifier (student.teacherClassifier)';
    return [{ path: 'teacher', message }];
  }
  if (recipe.teacher !== undefined || !recipe.hooks.some((hook) => sourcesOf(hook).includes(TEACHER))) {
    return [];
  }
  if (recipe.teachers === undefined) {
    return [{ path: 'teacher', message: 'missing; hooks need a teacher to learn from' }];
  }
  return recipe.hooks.flatMap(({ from }, index) => {
    if (from !== undefined) return [];
    const message = `missing; there is no "teacher", so it must name one of the teachers${thereIs(recipe)}`;
    return [{ path: `hooks[${index}].from`, message }];
  });
}

function thereIs(recipe: Recipe): string {
  return amongst('', [...teachersOf(recipe).map(({ name }) => name), STUDENT]);
}

function checkSources(recipe: Recipe, { from }: Hook, index: number): Finding[] {
  const names = teachersOf(recipe).map(({ name }) => name);
  const list = Array.isArray(from) ? from : [];
  return [from ?? []].flat().flatMap((name, place): Finding[] => {
    const path = `hooks[${index}].from${Array.isArray(from) ? `[${place}]` : ''}`;
    if (list.indexOf(name) !== -1 && list.indexOf(name) !== place) {
      return [{ path, message: `"${name}" is named twice; remove one` }];
    }
    if (name === STUDENT && list.length > 0) {
      return [{ path, message: "the student's own layers stand alone; give them a hook of their own" }];
    }
    if (name === STUDENT || names.includes(name)) return [];
    return [{ path, message: `no teacher "${name}"${amongst(name, [...names, STUDENT])}` }];
  });
}

/** A student that learns from itself. */
function checkSelf(hook: Hook, index: number, { methods }: Catalogue): Finding[] {
  if (hook.from !== STUDENT) return [];
  const method = methods.find(({ name }) => name === hook.method);
  if (method?.hooks === 'logits') {
    const message = `${hook.method} compares the outputs, and the student's is its own: it would learn nothing`;
    return [{ path: `hooks[${index}].from`, message }];
  }
  if (JSON.stringify(hook.student) !== JSON.stringify(hook.teacher)) return [];
  const message = 'the same layer of the student on both sides: it would learn nothing; name a deeper one';
  return [{ path: `hooks[${index}].teacher`, message }];
}

/** A method on one layer takes pairs: a list on each side, of the same length. */
function checkPairs({ method, student, teacher }: Hook, index: number, { methods }: Catalogue): Finding[] {
  if (methods.find(({ name }) => name === method)?.layers !== 'one') return [];
  const length = (layers: Hook['student']): number => (Array.isArray(layers) ? layers.length : 0);
  if (length(student) === length(teacher)) return [];
  const wanted = length(student) === 0 ? 'one layer' : `a list of ${length(student)} layers`;
  const message = `must be ${wanted} as "student" is, to make pairs`;
  return [{ path: `hooks[${index}].teacher`, message }];
}

/** A teacher that does not learn must have learnt. */
function checkTrained(recipe: Recipe, file: string): Finding[] {
  return teachersOf(recipe).flatMap(({ path, reference }): Finding[] => {
    if (reference.learns === true || reference.weights !== null || carriesWeights(reference.model)) return [];
    const advice = `train it first with \`${teacherCommand(recipe, reference, file)}\`, then write its run here, "run:ID"`;
    const message = `missing; an untrained teacher teaches nothing: ${advice}`;
    return [{ path: `${path}.weights`, message, code: 'untrained-teacher' }];
  });
}

/** Whether a model comes with its weights; what cannot be read counts too, as it has its own finding. */
function carriesWeights(model: string): boolean {
  try {
    const { kind } = parseReference(model);
    return kind === 'run' || kind === 'file';
  } catch {
    return true;
  }
}
