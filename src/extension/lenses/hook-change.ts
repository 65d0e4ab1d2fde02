import type { LayerSummary } from '../../protocol/inspector';
import type { CatalogueMethod, HookKind } from '../../recipe/catalogue';
import { type LayerPair, listsOf, type OrderedPair, pairStages } from '../../recipe/pair-layers';
import { TEACHER } from '../../recipe/teachers';
import type { NewHook } from '../common/new-hook';
import type { Role, TextEdit } from '../common/recipe-text';
import { type AddedLayer, addHook, addLayers } from './hook-edits';
import { isPaired, type RecipeHooks, type WrittenHook } from './recipe-hooks';

/** A layer that is to be hooked, and what it can be hooked to. */
export interface HookSides {
  readonly recipe: Pick<RecipeHooks, 'hooks'>;
  /** The side of the layer. */
  readonly role: Role;
  /** Name of the teacher. */
  readonly source: string;
  /** The layers of both, in the order of the network. */
  readonly student: readonly LayerSummary[];
  readonly teacher: readonly LayerSummary[];
}

/** What a layer is hooked by: a method in a hook of its own, or a hook of the recipe. */
export type Way = CatalogueMethod | WrittenHook;

export function isWritten(way: Way): way is WrittenHook {
  return 'index' in way;
}

/** What methods can hook the output of a layer; undefined: none. */
export function hookKindOf({ outputShape }: LayerSummary): HookKind | undefined {
  if (outputShape.length === 3) return 'maps';
  return outputShape.length === 1 ? 'vectors' : undefined;
}

/** A layer of one side with one of the other. */
export function pairOf(role: Role, own: string, partner: string): LayerPair {
  return role === 'student' ? { student: own, teacher: partner } : { student: partner, teacher: own };
}

/** The pairs that a hook on several layers can have beside a given one, which comes first; then stages, then others. */
export function pairsAround(
  { student, teacher }: Pick<HookSides, 'student' | 'teacher'>,
  given: LayerPair,
  kind: HookKind,
): OrderedPair[] {
  const pairs = pairStages(student, teacher, kind, given);
  const isGiven = (pair: OrderedPair): boolean => pair.student === given.student;
  return [...pairs.filter(isGiven), ...pairs.filter((pair) => !isGiven(pair))];
}

/** The edits of a recipe's text that hook a layer. Throws `InputError` where the text is not what was chosen from. */
export function editsToHook(
  text: string,
  sides: HookSides,
  way: Way,
  pairs: readonly OrderedPair[],
): TextEdit[] {
  if (!isWritten(way)) return addHook(text, newHook(sides, way, pairs));
  const [{ student, teacher }] = pairs as [OrderedPair];
  const at = placeIn(way, sides, { student, teacher });
  const added: Record<Role, AddedLayer> = {
    student: { layer: student, place: at },
    teacher: { layer: teacher, place: at },
  };
  return addLayers(text, way, isPaired(way) ? added : { [sides.role]: added[sides.role] });
}

function newHook({ source }: HookSides, method: CatalogueMethod, pairs: readonly OrderedPair[]): NewHook {
  const { name, layers, publishedWeight: weight } = method;
  const from = source === TEACHER ? {} : { from: source };
  const [{ student, teacher }] = pairs as [OrderedPair];
  const lists = layers === 'several' ? listsOf(pairs) : { student, teacher };
  return { method: name, ...from, ...lists, weight };
}

/** Behind those of the hook's layers that come before it in the network. */
function placeIn(hook: WrittenHook, { role, ...sides }: HookSides, pair: LayerPair): number {
  const side = isPaired(hook) ? 'student' : role;
  const position = (id: string): number => sides[side].findIndex((layer) => layer.id === id);
  return hook[side].filter((id) => position(id) < position(pair[side])).length;
}
