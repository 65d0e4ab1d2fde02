import type { CatalogueNetwork } from '../../recipe/catalogue';
import { groupKey } from '../../recipe/names';
import type { ModelReference } from '../../recipe/schema';
import { type TrainedModel, trainedAs } from '../common/trained-models';

/** A model that can teach. References are those of a resolved recipe. */
export type Teacher =
  | { readonly kind: 'trained'; readonly trained: TrainedModel }
  /** A `model.json`, which carries its weights. */
  | { readonly kind: 'saved'; readonly model: string }
  /** To be trained first. */
  | {
      readonly kind: 'untrained';
      readonly model: string;
      readonly network?: CatalogueNetwork;
    };

export interface TeacherCandidates {
  /** The best first. */
  readonly trained: readonly TrainedModel[];
  readonly saved: readonly string[];
  readonly builders: readonly string[];
  readonly networks: readonly CatalogueNetwork[];
}

/**
 * All that can teach a student: of each group of runs over seeds the best one, the best group first, then what would
 * have to be trained.
 */
export function teachersFor(student: string, candidates: TeacherCandidates): Teacher[] {
  const { trained, saved, builders, networks } = candidates;
  const untrained = (model: string): boolean =>
    model !== student && trainedAs(trained, { model, args: {} }).length === 0;
  return [
    ...bestOfGroups(trained).map((each) => ({ kind: 'trained' as const, trained: each })),
    ...saved.map((model) => ({ kind: 'saved' as const, model })),
    ...builders.filter(untrained).map((model) => ({ kind: 'untrained' as const, model })),
    ...networks
      .filter(({ name }) => untrained(`builtin:${name}`))
      .map((network) => ({ kind: 'untrained' as const, model: `builtin:${network.name}`, network })),
  ];
}

function bestOfGroups(trained: readonly TrainedModel[]): TrainedModel[] {
  const keys = trained.map(({ run }) => groupKey(run.seen.recipe));
  return trained.filter((_, index) => keys.indexOf(keys[index]!) === index);
}

/** How a recipe names a teacher with its weights; one that was built of a run, or of its own teacher, by its run alone. */
export function teacherReference(teacher: Exclude<Teacher, { kind: 'untrained' }>): ModelReference {
  if (teacher.kind === 'saved') return { model: teacher.model, args: {}, weights: null };
  const { model, reference } = teacher.trained;
  const isOfRun = model.model.startsWith('run:') || model.teacherClassifier !== undefined;
  if (isOfRun) return { model: reference, args: {}, weights: null };
  const { imageSize } = model;
  return { model: model.model, args: model.args, weights: reference, ...(imageSize && { imageSize }) };
}
