import { backendChoice } from '../backends';
import { InputError } from '../common/errors';
import { retortHome } from '../common/home';
import { ready } from '../engine/backends';
import { exportModel } from '../engine/models/export';
import { inputSize, takesSmaller } from '../engine/models/input-size';
import { classifierOf } from '../engine/models/classifier';
import { type Model, totalFlops } from '../engine/models/model';
import { DivergedError } from '../engine/train/diverged-error';
import { countParameters } from '../engine/train/hook-term';
import type { Teachers } from '../engine/train/teachers';
import type {
  CheckAnswer,
  CheckQuestion,
  CheckReport,
  EvaluateAnswer,
  EvaluateQuestion,
  ExportQuestion,
  ModelQuestion,
  ModelSummary,
  NamedModel,
  Setting,
} from '../protocol/inspector';
import type { ImageShape } from '../recipe/image-shape';
import { mixedBatch } from '../recipe/mixing';
import type { Recipe, Student } from '../recipe/schema';
import { TEACHER, teachersOf } from '../recipe/teachers';
import { evaluateSplit } from './evaluate';
import { PlaceError } from './place-error';
import { prepare, prepareData, prepareModel, type PrepareContext, type Prepared } from './prepare';
import { loadReferencedModel } from './references';
import type { Stage } from './stage';
import { untaughtWarnings } from './warnings';
import { tryStages } from './trial';

function contextOf(setting: Setting, stage: Stage): PrepareContext {
  return { workspace: setting.workspace, retort: setting.retort, home: retortHome(), stage };
}

/** Checks a recipe against its data and models, and with `trial` takes two real training steps. */
export async function check(question: CheckQuestion, stage: Stage): Promise<CheckAnswer> {
  const backend = await ready(backendChoice(question.backend));
  let prepared: Prepared;
  try {
    prepared = await prepare(question.recipe, contextOf(question, stage));
  } catch (error) {
    if (!(error instanceof PlaceError)) throw error;
    return { problems: [{ path: error.path, message: error.message }] };
  }
  const { recipe, data, student, teachers, hooks, plan } = prepared;
  if (question.trial) stage('Taking a training step', false);
  let trial: CheckReport['trial'];
  try {
    trial = question.trial ? await tryStages(prepared) : undefined;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { problems: [{ path: 'train', message: error.message }] };
  }
  const mixing = mixedBatch(recipe.train);
  const report: CheckReport = {
    backend: backend.note,
    data: {
      classes: data.info.classNames.length,
      imageShape: data.info.imageShape,
      samples: data.info.samples,
    },
    student: summarize(recipe.student.model, student, data.info.imageShape),
    ...summarizeTeachers(recipe, teachers, data.info.imageShape),
    hooks: hooks.map((hook) => ({
      name: hook.name,
      student: hook.student.map(({ shape }) => shape),
      teacher: hook.teacher.map(({ shape }) => shape),
      ...(hook.adapter !== undefined && { adapter: hook.adapter }),
      weight: hook.weight,
      parameters: countParameters(hook),
    })),
    steps: plan.totalSteps,
    ...(mixing && { mixing }),
    ...(trial && { trial }),
    warnings: untaughtWarnings(prepared),
  };
  await data.close();
  return { report };
}

/** Builds one model and lists its layers. */
export async function describeOneModel(question: ModelQuestion, stage: Stage): Promise<ModelSummary> {
  await ready(backendChoice(question.backend));
  const { model, inputShape, classes, teacherClassifier } = question;
  const context = { ...contextOf(question, stage), inputShape, classes, seed: 0 };
  const fresh = ({ model, args }: NamedModel): Student => ({ model, args: { ...args }, weights: null });
  if (!teacherClassifier) {
    return summarize(model, await loadReferencedModel(fresh(question), context), inputShape);
  }
  const { teacher, ...options } = teacherClassifier;
  const { kernel } = classifierOf(await loadReferencedModel(fresh(teacher), context));
  const ended = await loadReferencedModel(
    { ...fresh(question), teacherClassifier: options },
    { ...context, classifierChannels: kernel.shape[0] },
  );
  return summarize(model, ended, inputShape);
}

/** Evaluates the recipe's student, with its weights, on a split. */
export async function evaluate(question: EvaluateQuestion, stage: Stage): Promise<EvaluateAnswer> {
  const { recipe, split } = question;
  const backend = await ready(backendChoice(question.backend));
  const context = contextOf(question, stage);
  const data = await prepareData(recipe, context);
  if (data.info.samples[split] === 0) throw new InputError(`The data has no ${split} split`);
  const student = await prepareModel('student', recipe.student, recipe, data, context);
  stage(`Evaluating on the ${split} split`, false);
  const score = await evaluateSplit(student, data, split);
  await data.close();
  return { score, backend: backend.note };
}

/** Writes the recipe's student, with its weights, as a TensorFlow.js model of its own. */
export async function exportStudent(question: ExportQuestion, stage: Stage): Promise<null> {
  const { recipe, folder } = question;
  await ready(backendChoice(question.backend));
  const context = contextOf(question, stage);
  const data = await prepareData(recipe, context);
  const student = await prepareModel('student', recipe.student, recipe, data, context);
  const { classNames, normalization, imageShape } = data.info;
  await data.close();
  await exportModel(student, folder, { classNames, normalization, imageShape });
  return null;
}

function summarizeTeachers(
  recipe: Recipe,
  teachers: Teachers,
  imageShape: ImageShape['inputShape'],
): Pick<CheckReport, 'teacher' | 'teachers'> {
  const { [TEACHER]: teacher, ...further } = Object.fromEntries(
    teachersOf(recipe).map(({ name, reference }) => [
      name,
      summarize(reference.model, teachers.get(name)!.model, imageShape),
    ]),
  );
  return { ...(teacher && { teacher }), ...(Object.keys(further).length > 0 && { teachers: further }) };
}

function summarize(reference: string, model: Model, imageShape: ImageShape['inputShape']): ModelSummary {
  return {
    reference,
    parameters: model.parameters,
    flops: totalFlops(model),
    endsInSoftmax: model.endsInSoftmax,
    ...(takesSmaller(model, imageShape) && { imageSize: inputSize(model, imageShape) }),
    layers: model.layers.map(({ output: _, ...layer }) => layer),
    sources: model.sources,
  };
}
