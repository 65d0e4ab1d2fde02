import { messageOf } from '../common/errors';
import { amongst } from '../common/suggest';
import type { Catalogue } from './catalogue';
import type { Finding } from './problem';
import { parseReference } from './reference';
import type { ModelReference, Recipe } from './schema';
import { teacherCommand } from './teacher-command';

/**
 * What a schema cannot say: how parts of a recipe depend on each other. `recipe` fits the schema;
 * `file` is named in the advice.
 */
export function checkRules(recipe: Recipe, catalogue: Catalogue, file: string): Finding[] {
  return [
    ...checkModel('student', recipe.student, catalogue),
    ...(recipe.teacher ? checkModel('teacher', recipe.teacher, catalogue) : []),
    ...checkTeacher(recipe, file),
    ...checkNormalization(recipe),
    ...checkBestCheckpoint(recipe),
  ];
}

function checkModel(role: 'student' | 'teacher', model: ModelReference, catalogue: Catalogue): Finding[] {
  const findings: Finding[] = [];
  const networks = catalogue.networks.map((network) => network.name);
  try {
    const reference = parseReference(model.model);
    if (reference.kind === 'builtin' && !networks.includes(reference.name)) {
      const message = `no built-in network "${reference.name}"${amongst(reference.name, networks)}`;
      findings.push({ path: `${role}.model`, message });
    }
    const isSaved = reference.kind === 'run' || reference.kind === 'file';
    if (isSaved && Object.keys(model.args).length > 0) {
      const message = 'a saved model is not built anew and takes no arguments; remove them';
      findings.push({ path: `${role}.args`, message, about: 'key' });
    }
  } catch (error) {
    findings.push({ path: `${role}.model`, message: messageOf(error) });
  }
  if (model.weights !== null) findings.push(...checkWeights(`${role}.weights`, model.weights));
  return findings;
}

function checkWeights(path: string, weights: string): Finding[] {
  try {
    const { kind } = parseReference(weights);
    if (kind === 'run' || kind === 'file') return [];
    return [{ path, message: `"${weights}" holds no weights; write run:ID or a model.json` }];
  } catch (error) {
    return [{ path, message: messageOf(error) }];
  }
}

function checkTeacher(recipe: Recipe, file: string): Finding[] {
  const { teacher } = recipe;
  if (teacher === undefined) {
    if (recipe.hooks.length === 0) return [];
    return [{ path: 'teacher', message: 'missing; hooks need a teacher to learn from' }];
  }
  if (teacher.weights !== null || carriesWeights(teacher.model)) return [];
  const advice = `train it first with \`${teacherCommand(recipe, teacher, file)}\`, then write its run here, "run:ID"`;
  const message = `missing; an untrained teacher teaches nothing: ${advice}`;
  return [{ path: 'teacher.weights', message, code: 'untrained-teacher' }];
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

function checkNormalization({ data }: Recipe): Finding[] {
  const { mean, std } = data.normalize ?? { mean: [], std: [] };
  if (mean.length === std.length) return [];
  const message = `must have as many entries as data.normalize.mean, ${mean.length}, not ${std.length}`;
  return [{ path: 'data.normalize.std', message }];
}

function checkBestCheckpoint({ data, report }: Recipe): Finding[] {
  if (report.checkpoint !== 'best' || data.validation.fraction > 0) return [];
  const message =
    'there are no validation images to find the best checkpoint by; make it above 0, or set report.checkpoint to "last"';
  return [{ path: 'data.validation.fraction', message }];
}
