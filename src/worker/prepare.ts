import { InputError } from '../common/errors';
import { count, plural } from '../common/format';
import { type Data, openData } from '../data/loader';
import { methods } from '../engine/methods/registry';
import type { Model } from '../engine/models/model';
import { classifierOf } from '../engine/models/classifier';
import { takeClassifier } from '../engine/models/teacher-classifier';
import { checkViews, createHookTerms, HookError, type HookTerm } from '../engine/train/hook-term';
import { planStages } from '../engine/train/stage-plan';
import type { TeacherModel, Teachers } from '../engine/train/teachers';
import { hookPairs } from '../recipe/hook-pairs';
import { tooLarge } from '../recipe/image-shape';
import type { Recipe, Student } from '../recipe/schema';
import { TEACHER, teachersOf } from '../recipe/teachers';
import { PlaceError } from './place-error';
import { planSteps, type Plan } from './progress';
import { loadReferencedModel, type ReferenceContext } from './references';
import type { Stage } from './stage';

/** How far apart the seeds are that models of one run are drawn from. */
const PEER_SEEDS = 1_000_000;

export interface PrepareContext {
  readonly workspace: string;
  readonly retort: string;
  readonly home: string;
  readonly stage: Stage;
}

/** Everything that a recipe names, opened, built and checked against each other. */
export interface Prepared {
  readonly recipe: Recipe;
  readonly data: Data;
  readonly student: Model;
  /** By name; that at `teacher` first. */
  readonly teachers: Teachers;
  readonly hooks: readonly HookTerm[];
  readonly plan: Plan;
}

/** Opens the data of a recipe. Throws `PlaceError`. */
export async function prepareData(recipe: Recipe, context: PrepareContext): Promise<Data> {
  const { source } = recipe.data;
  if (source.format === 'module') context.stage(`Opening the data of ${String(source.path)}`, true);
  else context.stage('Opening the data', false);
  return at('data', () =>
    openData(recipe.data, {
      base: context.workspace,
      home: context.home,
      onProgress: (message) => context.stage(message, false),
    }),
  );
}

/** Opens data, builds student and teachers and puts the hooks between them. Throws `PlaceError`. */
export async function prepare(recipe: Recipe, context: PrepareContext): Promise<Prepared> {
  const data = await prepareData(recipe, context);
  try {
    const teachers = await prepareTeachers(recipe, data, context);
    const student = await prepareStudent(recipe, data, teachers, context);
    const { batchSize, seed } = recipe.train;
    const plan = planTraining(recipe, data);
    const hooks = await at('hooks', () =>
      createHookTerms(
        hookPairs(recipe, methods),
        { student, teachers, trainingLabels: data.info.trainingLabels },
        batchSize,
        seed,
      ),
    );
    await at('hooks', () => checkViews(hooks, data.info.imageShape));
    await at('train.stages', () => planStages(recipe.train, hooks, student, plan));
    return { recipe, data, student, teachers, hooks, plan };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** One that is to end in the teacher's classifier takes it. */
async function prepareStudent(
  recipe: Recipe,
  data: Data,
  teachers: Teachers,
  context: PrepareContext,
): Promise<Model> {
  if (!recipe.student.teacherClassifier)
    return prepareModel('student', recipe.student, recipe, data, context);
  const { model: teacher } = teachers.get(TEACHER)!;
  const { kernel } = await at('teacher.model', () => classifierOf(teacher));
  const asked = { ...context, classifierChannels: kernel.shape[0] };
  const student = await prepareModel('student', recipe.student, recipe, data, asked);
  takeClassifier(student, teacher);
  return student;
}

/** A teacher that learns starts from weights of its own also where it is of the student's network. */
async function prepareTeachers(recipe: Recipe, data: Data, context: PrepareContext): Promise<Teachers> {
  const teachers = new Map<string, TeacherModel>();
  for (const [place, { name, path, reference }] of teachersOf(recipe).entries()) {
    const seed = recipe.train.seed + (reference.learns === true ? PEER_SEEDS * (place + 1) : 0);
    const model = await prepareModel(
      path,
      reference,
      { ...recipe, train: { ...recipe.train, seed } },
      data,
      context,
    );
    teachers.set(name, { model, learns: reference.learns === true });
  }
  return teachers;
}

/** Builds one of the models; `path` is its place in the recipe. Throws `PlaceError` there. */
export async function prepareModel(
  path: string,
  reference: Student,
  recipe: Recipe,
  data: Data,
  context: PrepareContext & Pick<ReferenceContext, 'classifierChannels'>,
): Promise<Model> {
  const wrong = reference.imageSize && tooLarge(reference.imageSize, data.info.imageShape);
  if (wrong !== undefined) throw new PlaceError(`${path}.imageSize`, wrong);
  return at(`${path}.model`, () =>
    loadReferencedModel(reference, {
      ...context,
      inputShape: data.info.imageShape,
      classes: data.info.classNames.length,
      seed: recipe.train.seed,
    }),
  );
}

function planTraining(recipe: Recipe, data: Data): Plan {
  const { batchSize, accumulate } = recipe.train;
  const { train } = data.info.samples;
  const batches = Math.floor(train / batchSize);
  if (batches === 0) {
    throw new PlaceError(
      'train.batchSize',
      `the ${plural(train, 'image')} to train on are fewer than a batch of ${count(batchSize)}; lower it`,
    );
  }
  if (batches < accumulate) {
    throw new PlaceError(
      'train.accumulate',
      `the batches of an epoch (${batches} of ${batchSize} images) are fewer than the ${accumulate} of one step; lower it or train.batchSize`,
    );
  }
  const plan = planSteps(recipe.train, batches);
  if (!Number.isSafeInteger(plan.totalSteps)) {
    throw new PlaceError('train.epochs', `${recipe.train.epochs} epochs have more steps than can be counted`);
  }
  return plan;
}

async function at<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HookError) throw new PlaceError(error.path, error.message);
    if (error instanceof PlaceError || !(error instanceof InputError)) throw error;
    // Some rooms name the place themselves.
    const named = /^((?:data|train)(?:\.[\w[\]]+)*): (.*)$/s.exec(error.message);
    throw named ? new PlaceError(named[1]!, named[2]!) : new PlaceError(path, error.message);
  }
}
