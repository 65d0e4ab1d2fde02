import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import type { LayerSummary } from '../../protocol/inspector';
import type { CatalogueMethod } from '../../recipe/catalogue';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { type OrderedPair, rankTeacherLayers } from '../../recipe/pair-layers';
import { type Choice, chooseOne, chooseSome, heading } from '../common/choose';
import { methodChoice, pairChoice, tooFewPairs } from '../common/hook-choices';
import { type BACK, type CANCEL, goThrough, type Step, type StepPlace } from '../common/steps';
import { chooseLayer } from './choose-layer';
import { hookKindOf, type HookSides, isWritten, pairOf, pairsAround, type Way } from './hook-change';
import { hooksToJoin, isPaired } from './recipe-hooks';

/** What has been chosen: one pair of layers, or for a method on several layers any number. */
export interface ChosenHook {
  readonly layer: LayerSummary;
  readonly way: Way;
  readonly pairs: readonly OrderedPair[];
}

type Answer<Value> = Promise<Value | typeof BACK | typeof CANCEL>;

/** Three choices at most: the layer where none is given, the method, the layers. Undefined where the user cancels. */
export async function chooseHook(sides: HookSides, layer?: LayerSummary): Promise<ChosenHook | undefined> {
  const { t } = vscode.l10n;
  const { role } = sides;
  const chooseOwn: Step<Partial<ChosenHook>> = async (choices, place) => {
    const hookable = sides[role].filter((each) => hookKindOf(each) !== undefined);
    const chosen = await chooseLayer(hookable, {
      title: t('Hook a layer'),
      placeholder: role === 'student' ? t('Which layer of the student?') : t('Which layer of the teacher?'),
      place,
    });
    return typeof chosen === 'symbol' ? chosen : { ...choices, layer: chosen };
  };
  const steps: readonly Step<Partial<ChosenHook>>[] = [
    ...(layer === undefined ? [chooseOwn] : []),
    async (choices, place) => {
      const way = await chooseWay(sides, choices.layer!, place);
      return typeof way === 'symbol' ? way : { ...choices, way };
    },
    async (choices, place) => {
      const pairs = await choosePairs(sides, choices as ChosenHook, place);
      return typeof pairs === 'symbol' ? pairs : { ...choices, pairs };
    },
  ];
  const chosen = await goThrough(steps, layer === undefined ? {} : { layer });
  return chosen as ChosenHook | undefined;
}

/** A method, or a hook of the recipe on several layers that the layer can be added to. */
function chooseWay({ recipe, role, source }: HookSides, layer: LayerSummary, place: StepPlace): Answer<Way> {
  const { t } = vscode.l10n;
  const kind = hookKindOf(layer);
  // Those with needs of their own are written by hand.
  const methods = loadCatalogue().methods.filter(
    ({ hooks, alsoNeeds }) => hooks === kind && alsoNeeds === undefined,
  );
  if (kind === undefined || methods.length === 0) {
    throw new InputError(
      t('{0} gives neither feature maps nor vectors, and no method hooks anything else', layer.id),
    );
  }
  const section = (label: string, choices: readonly Choice<Way>[]): Choice<Way>[] =>
    choices.length === 0 ? [] : [heading(label), ...choices];
  const methodsOn = (layers: CatalogueMethod['layers']): Choice<Way>[] =>
    methods.filter((method) => method.layers === layers).map(methodChoice);
  const hooks = hooksToJoin(recipe, { source, side: role, layer: layer.id, kind });
  return chooseOne({
    title: t('Hook {0}: the method', layer.id),
    placeholder: t('What shall the student take over from the teacher?'),
    place,
    choices: () => [
      ...section(
        t('Hooks of the recipe'),
        hooks.map((hook) => ({
          label: t('Add to {0}', hook.method),
          description: `${hook.student.join('+')} ← ${hook.from.join('+')}:${hook.teacher.join('+')}`,
          detail: t('{0} becomes one more of the layers of this hook.', layer.id),
          value: hook,
        })),
      ),
      ...section(t('Between layers'), methodsOn('one')),
      ...section(t('Between several layers at once'), methodsOn('several')),
    ],
  });
}

/** The layer's partner, or for a method on several layers the pairs that it is one of. */
async function choosePairs(
  sides: HookSides,
  { layer, way }: Pick<ChosenHook, 'layer' | 'way'>,
  place: StepPlace,
): Answer<readonly OrderedPair[]> {
  const { t } = vscode.l10n;
  const { role } = sides;
  const kind = hookKindOf(layer)!;
  const pairsWith = (partner: string): OrderedPair[] =>
    pairsAround(sides, pairOf(role, layer.id, partner), kind);
  // Where the lists make no pairs the layer needs no partner.
  if (isWritten(way) && !isPaired(way)) return pairsWith('').slice(0, 1);
  const title = t('Hook {0}: {1}', layer.id, isWritten(way) ? way.method : way.name);
  const [own, other] = role === 'student' ? [sides.student, sides.teacher] : [sides.teacher, sides.student];
  const hooked = isWritten(way) ? way[role === 'student' ? 'teacher' : 'student'] : [];
  const partners = rankTeacherLayers(layer.id, own, other, kind).filter(({ id }) => !hooked.includes(id));
  if (!isWritten(way) && way.layers === 'several' && partners[0] !== undefined) {
    const pairs = pairsWith(partners[0].id);
    return chooseSeveral(sides, pairs, { title, method: way.name, place });
  }
  const partner = await chooseLayer(partners, {
    title,
    placeholder: role === 'student' ? t('Which layer of the teacher?') : t('Which layer of the student?'),
    place,
    isRanked: true,
  });
  return typeof partner === 'symbol' ? partner : pairsWith(partner.id).slice(0, 1);
}

/** The first of the pairs is the one that was asked for. */
function chooseSeveral(
  { student, teacher }: HookSides,
  pairs: readonly OrderedPair[],
  { title, method, place }: { readonly title: string; readonly method: string; readonly place: StepPlace },
): Answer<readonly OrderedPair[]> {
  const { t } = vscode.l10n;
  const choiceOf = (pair: OrderedPair): Choice<OrderedPair> => ({
    ...pairChoice(pair, student, teacher),
    picked: pair.isBest || pair === pairs[0],
  });
  const section = (label: string, some: readonly OrderedPair[]): Choice<OrderedPair>[] =>
    some.length === 0 ? [] : [heading(label), ...some.map(choiceOf)];
  const [own, ...others] = pairs;
  return chooseSome({
    title,
    placeholder: t('Which layers? They are hooked in the network’s order'),
    place,
    problemWith: (chosen) => tooFewPairs(method, chosen),
    choices: () => [
      ...section(t('this layer'), [own!]),
      ...section(
        t('the stages'),
        others.filter(({ isBest }) => isBest),
      ),
      ...section(
        t('other layers'),
        others.filter(({ isBest }) => !isBest),
      ),
    ],
  });
}
