import * as path from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../common/errors';
import { loadModel, loadWeightsFromModelJson } from '../engine/models/load';
import type { Model } from '../engine/models/model';
import { classifierChannels, ClassifierError, endInClassifier } from '../engine/models/teacher-classifier';
import { restoreWeights } from '../engine/models/weights';
import { decodeTensors, studentWeights } from '../engine/train/snapshot';
import { modelImages, tooLarge } from '../recipe/image-shape';
import { type CheckpointName, parseReference, type RunReference } from '../recipe/reference';
import type { ModelReference, Student } from '../recipe/schema';
import { CheckpointStore } from '../runs/checkpoints';
import { openRun, readRecipe } from '../runs/folder';
import { PlaceError } from './place-error';
import type { Stage } from './stage';

/** What references are resolved against. */
export interface ReferenceContext {
  /** Relative paths start here, and model code must lie in it. */
  readonly workspace: string;
  /** The `.retort` folder that `run:` references look in. */
  readonly retort: string;
  /** Of the data's images; a reference may ask for smaller ones. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  readonly seed: number;
  /** What the classifier of the teacher takes, for a student that is to end in it. */
  readonly classifierChannels?: number | undefined;
  readonly stage: Stage;
}

/** Runs may build on runs; a longer chain than this can only be a circle. */
const LONGEST_CHAIN = 20;

/**
 * Loads a model that a recipe names, with its weights. A `run:` is that run's student: its network as that run's
 * recipe builds it, with the weights of the checkpoint. A student that is to end in the teacher's classifier gets a
 * place for it, which its weights fill or `takeClassifier`. Throws `InputError`; for an option of that which does not
 * fit, `PlaceError`.
 */
export async function loadReferencedModel(
  reference: Student,
  context: ReferenceContext,
  chain = 0,
): Promise<Model> {
  const { model, args, weights, teacherClassifier } = reference;
  const parsed = parseReference(model);
  if (chain > LONGEST_CHAIN) throw new InputError(`${model} is built on itself, run by run`);
  let loaded: Model;
  if (parsed.kind === 'run') {
    const { student } = await readRecipe(await openRun(context.retort, parsed.id));
    const tensors = await readRunWeights(context.retort, parsed);
    // Of the run's own teacher, which may be gone.
    const inner = { ...context, classifierChannels: classifierChannels(tensors) };
    loaded = await loadReferencedModel({ ...student, weights: null }, inner, chain + 1);
    restoreFromRun(loaded, tensors, parsed);
  } else {
    context.stage(`Building ${model}`, true);
    loaded = await loadModel({
      reference: model,
      args,
      inputShape: imagesFor(reference, context),
      classes: context.classes,
      seed: context.seed,
      base: context.workspace,
      workspace: context.workspace,
    });
    context.stage(`Loading weights`, false);
  }
  if (teacherClassifier) {
    const channels = context.classifierChannels;
    if (channels === undefined)
      throw new InputError('it ends in the classifier of a teacher that is not here');
    try {
      loaded = endInClassifier(loaded, teacherClassifier, { ...context, channels });
    } catch (error) {
      // Of a run it is not this recipe that names it.
      if (!(error instanceof ClassifierError) || chain > 0) throw error;
      throw new PlaceError(`student.teacherClassifier.${error.option}`, error.message);
    }
  }
  if (weights !== null) await restoreNamed(loaded, weights, context);
  return loaded;
}

/** What a model is built for. Throws `InputError` for images that would have to grow. */
function imagesFor(
  reference: ModelReference,
  { inputShape }: Pick<ReferenceContext, 'inputShape'>,
): ReferenceContext['inputShape'] {
  const { imageSize } = reference;
  const wrong = imageSize && tooLarge(imageSize, inputShape);
  if (wrong !== undefined) throw new InputError(`imageSize, [${imageSize!.join(', ')}], ${wrong}`);
  return modelImages(reference, inputShape);
}

async function restoreNamed(model: Model, weights: string, context: ReferenceContext): Promise<void> {
  const parsed = parseReference(weights);
  if (parsed.kind === 'run') {
    return restoreFromRun(model, await readRunWeights(context.retort, parsed), parsed);
  }
  if (parsed.kind !== 'file') throw new InputError(`weights: "${weights}" is neither a run nor a model.json`);
  await loadWeightsFromModelJson(model, path.resolve(context.workspace, parsed.file));
}

/** Sets the weights, and disposes them. */
function restoreFromRun(model: Model, tensors: Record<string, tf.Tensor>, reference: RunReference): void {
  try {
    restoreWeights(model, tensors);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`run:${reference.id}: ${error.message}`);
    throw error;
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}

/** The student's weights in a run's checkpoint; without one named, the one that the run exports at its end. */
export async function readRunWeights(
  retort: string,
  reference: RunReference,
): Promise<Record<string, tf.Tensor>> {
  const run = await openRun(retort, reference.id);
  const checkpoint: CheckpointName = reference.checkpoint ?? (await readRecipe(run)).report.checkpoint;
  const { files } = await new CheckpointStore(run).read(checkpoint);
  return studentWeights(decodeTensors(tensorFiles(files)));
}

/** The two files of a checkpoint that hold tensors; `InputError` if one is missing. */
export function tensorFiles(
  files: Readonly<Record<string, Uint8Array>>,
): Parameters<typeof decodeTensors>[0] {
  const values = files['tensors.bin'];
  const specs = files['tensors.json'];
  if (!values || !specs) throw new InputError('The checkpoint holds no tensors; it was not written by a run');
  return { 'tensors.bin': values, 'tensors.json': specs };
}
