import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { shape } from '../../common/format';
import type { LayerSummary } from '../../protocol/inspector';
import type { CatalogueMethod } from '../../recipe/catalogue';
import type { ImageShape } from '../../recipe/image-shape';
import { loadCatalogue } from '../../recipe/load-catalogue';
import type { ModelReference } from '../../recipe/schema';
import { SeenImages } from '../common/seen-images';
import type { Services } from '../services';
import { type Choice, chooseSome, heading } from '../common/choose';
import { methodChoice, pairChoice, tooFewPairs } from '../common/hook-choices';
import type { Student } from './find-student';
import { type HookGroup, hookGroups, type HookPlace, hookPlaces, isOf } from './hooks';
import type { BACK, CANCEL } from '../common/steps';
import { type StepPlace } from '../common/steps';
import { type AbleTeacher } from './choose-teacher';
import { teacherReference } from './teachers';

/** Any number of methods, with what each does, its paper and its published weight. */
export function chooseMethods(
  student: Student,
  place: StepPlace,
): Promise<readonly CatalogueMethod[] | typeof BACK | typeof CANCEL> {
  // Those with needs of their own are written by hand: nothing but layers is chosen here.
  const methods = loadCatalogue().methods.filter(({ alsoNeeds }) => alsoNeeds === undefined);
  const choiceOf = (method: CatalogueMethod): Choice<CatalogueMethod> => ({
    ...methodChoice(method),
    // The one that nearly everything else is compared with and combined with.
    picked: method.name === 'kd',
  });
  const onLogits = methods.filter(({ hooks }) => hooks === 'logits');
  const onLayers = methods.filter(({ hooks, layers }) => hooks !== 'logits' && layers === 'one');
  const onSeveral = methods.filter(({ layers }) => layers === 'several');
  return chooseSome({
    title: vscode.l10n.t('Distill {0}: the methods', student.name),
    placeholder: vscode.l10n.t('What shall {0} take over from the teacher?', student.name),
    place,
    choices: () => [
      heading(vscode.l10n.t('On the outputs')),
      ...onLogits.map(choiceOf),
      heading(vscode.l10n.t('Between layers')),
      ...onLayers.map(choiceOf),
      heading(vscode.l10n.t('Between several layers at once')),
      ...onSeveral.map(choiceOf),
    ],
  });
}

/** Where the methods that hook layers go; no question where none does or there is one place only. */
export async function choosePlaces(
  student: Student,
  teacher: AbleTeacher,
  methods: readonly CatalogueMethod[],
  services: Pick<Services, 'models' | 'context'>,
  place: StepPlace,
): Promise<readonly HookPlace[] | typeof BACK | typeof CANCEL> {
  const groups = hookGroups(methods);
  if (groups.length === 0) return [];
  const { isAssumed, ...images } = imagesOf(student, teacher, services);
  return chooseSome({
    title: vscode.l10n.t('Distill {0}: the layers', student.name),
    placeholder: isAssumed
      ? vscode.l10n.t('Which layers? The best first; shapes for {0}', shape(images.inputShape))
      : vscode.l10n.t('Which layers? The best first'),
    place,
    busy: vscode.l10n.t('Building both models to see their layers…'),
    problemWith: (chosen) => problemWith(chosen, groups, methods),
    choices: async (signal) => {
      const [ofStudent, ofTeacher] = await bothLayers(student, teacher, images, services, signal);
      const places = hookPlaces(methods, ofStudent, ofTeacher);
      const inGroup = (group: HookGroup): HookPlace[] =>
        places.filter(({ kind, layers }) => isOf(group, { hooks: kind, layers }));
      const missing = groups.find((group) => inGroup(group).length === 0);
      if (missing !== undefined) throw noPlaces(student, missing, methods);
      return groups.flatMap((group) => [
        heading(headingOf(group, methods)),
        ...inGroup(group).map((each) => ({
          ...pairChoice(each, ofStudent, ofTeacher),
          picked: each.isBest,
        })),
      ]);
    },
  });
}

function problemWith(
  chosen: readonly HookPlace[],
  groups: readonly HookGroup[],
  methods: readonly CatalogueMethod[],
): string | undefined {
  return groups
    .filter(({ layers }) => layers === 'several')
    .map((group) => {
      const places = chosen.filter(({ kind, layers }) => isOf(group, { hooks: kind, layers }));
      return tooFewPairs(namesIn(group, methods), places);
    })
    .find((problem) => problem !== undefined);
}

function headingOf(group: HookGroup, methods: readonly CatalogueMethod[]): string {
  if (group.layers === 'several') {
    return vscode.l10n.t('{0}: all that are chosen, in the network’s order', namesIn(group, methods));
  }
  return group.hooks === 'maps' ? vscode.l10n.t('Feature maps') : vscode.l10n.t('Vectors');
}

function namesIn(group: HookGroup, methods: readonly CatalogueMethod[]): string {
  return methods
    .filter((method) => isOf(method, group))
    .map(({ name }) => name)
    .join(', ');
}

async function bothLayers(
  student: Student,
  teacher: AbleTeacher,
  images: ImageShape,
  services: Pick<Services, 'models'>,
  signal: AbortSignal,
): Promise<[readonly LayerSummary[], readonly LayerSummary[]]> {
  const { workspace } = student;
  const reference: ModelReference = teacherReference(teacher);
  const [ofStudent, ofTeacher] = await Promise.all([
    services.models.describe({ model: student.model, args: {}, workspace, ...images }, { signal }),
    services.models.describe(
      { model: reference.model, args: reference.args, workspace, ...images },
      { signal },
    ),
  ]);
  return [ofStudent.layers, ofTeacher.layers];
}

/** What the teacher was trained on is what the student will see. */
function imagesOf(
  { workspace }: Student,
  teacher: AbleTeacher,
  { context }: Pick<Services, 'context'>,
): ReturnType<SeenImages['of']> {
  const source = teacher.kind === 'trained' ? teacher.trained.run.seen.recipe.data.source : { format: '' };
  return new SeenImages(context.workspaceState).of(source, workspace);
}

function noPlaces(student: Student, group: HookGroup, methods: readonly CatalogueMethod[]): InputError {
  return new InputError(
    vscode.l10n.t(
      '{0} and its teacher have no pair of layers that {1} can hook: choose methods on the outputs, as kd',
      student.name,
      namesIn(group, methods),
    ),
  );
}
