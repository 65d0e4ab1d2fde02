import { messageOf } from '../common/errors';
import { amongst } from '../common/suggest';
import type { Catalogue } from './catalogue';
import { hookPairs } from './hook-pairs';
import { checkInputs } from './input-rules';
import type { Finding } from './problem';
import { parseReference } from './reference';
import type { ModelReference, Recipe } from './schema';
import { checkStages } from './stage-rules';
import { checkTeachers } from './teacher-rules';
import { teachersOf } from './teachers';

/**
 * What a schema cannot say: how parts of a recipe depend on each other. `recipe` fits the schema;
 * `file` is named in the advice.
 */
export function checkRules(recipe: Recipe, catalogue: Catalogue, file: string): Finding[] {
  return [
    ...checkModel('student', recipe.student, catalogue),
    ...teachersOf(recipe).flatMap(({ path, reference }) => checkModel(path, reference, catalogue)),
    ...checkTeachers(recipe, catalogue, file),
    ...checkInputs(recipe, catalogue),
    ...checkNormalization(recipe),
    ...checkBestCheckpoint(recipe),
    ...checkStages(
      recipe.train,
      hookPairs(recipe, catalogue.methods).map(({ name }) => name),
    ),
  ];
}

function checkModel(path: string, model: ModelReference, catalogue: Catalogue): Finding[] {
  const findings: Finding[] = [];
  const networks = catalogue.networks.map((network) => network.name);
  try {
    const reference = parseReference(model.model);
    if (reference.kind === 'builtin' && !networks.includes(reference.name)) {
      const message = `no built-in network "${reference.name}"${amongst(reference.name, networks)}`;
      findings.push({ path: `${path}.model`, message });
    }
    const isSaved = reference.kind === 'run' || reference.kind === 'file';
    if (isSaved && Object.keys(model.args).length > 0) {
      const message = 'a saved model is not built anew and takes no arguments; remove them';
      findings.push({ path: `${path}.args`, message, about: 'key' });
    }
  } catch (error) {
    findings.push({ path: `${path}.model`, message: messageOf(error) });
  }
  if (model.weights !== null) findings.push(...checkWeights(`${path}.weights`, model.weights));
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
