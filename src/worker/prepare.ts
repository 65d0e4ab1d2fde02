import { InputError } from '../common/errors';
import { type Data, openData } from '../data/loader';
import { createHookTerms, HookError, type HookTerm } from '../engine/train/hook-term';
import type { Model } from '../engine/models/model';
import { hookNames } from '../recipe/names';
import type { ModelReference, Recipe } from '../recipe/schema';
import { planSteps, type Plan } from './progress';
import { loadReferencedModel } from './references';
import type { Stage } from './stage';

/** An error at a place of the recipe that only the real data or models show. */
export class PlaceError extends InputError {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }

  /** The whole sentence, for where the recipe's file is not at hand. */
  describe(): string {
    return this.path === '' ? this.message : `${this.path}: ${this.message}`;
  }
}

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
  readonly teacher: Model | undefined;
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

/** Opens data, builds teacher and student and puts the hooks between them. Throws `PlaceError`. */
export async function prepare(recipe: Recipe, context: PrepareContext): Promise<Prepared> {
  const data = await prepareData(recipe, context);
  try {
    const student = await prepareModel('student', recipe.student, recipe, data, context);
    const teacher = recipe.teacher && (await prepareModel('teacher', recipe.teacher, recipe, data, context));
    const { batchSize, seed } = recipe.train;
    const plan = await at('train.accumulate', () => planTraining(recipe, data));
    const hooks = await at('hooks', () =>
      teacher
        ? createHookTerms(
            recipe.hooks,
            hookNames(recipe),
            { student, teacher, trainingLabels: data.info.trainingLabels },
            batchSize,
            seed,
          )
        : [],
    );
    return { recipe, data, student, teacher, hooks, plan };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** Builds one of the two models. Throws `PlaceError` at `student.model` or `teacher.model`. */
export function prepareModel(
  role: 'student' | 'teacher',
  reference: ModelReference,
  recipe: Recipe,
  data: Data,
  context: PrepareContext,
): Promise<Model> {
  return at(`${role}.model`, () =>
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
  const batches = Math.floor(data.info.samples.train / batchSize);
  if (batches < accumulate) {
    throw new InputError(
      `an epoch has ${batches} batches of ${batchSize}, fewer than the ${accumulate} of one step; lower train.batchSize or train.accumulate`,
    );
  }
  return planSteps(recipe.train, batches);
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
