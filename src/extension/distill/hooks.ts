import type { CatalogueMethod, HookKind } from '../../recipe/catalogue';
import {
  listsOf,
  type OrderedPair,
  type PairableLayer,
  pairLayers,
  pairStages,
} from '../../recipe/pair-layers';
import type { NewHook } from '../common/new-hook';

/** Methods that go to the same places: on layers of a kind, on one or on several at once. */
export type HookGroup = Pick<CatalogueMethod, 'hooks' | 'layers'>;

/** A pair of layers that methods of a group can be put between. */
export interface HookPlace extends OrderedPair {
  readonly kind: HookKind;
  readonly layers: CatalogueMethod['layers'];
}

/** The pairs for the methods that hook layers, for each group the best first; none where all hook the logits. */
export function hookPlaces(
  methods: readonly CatalogueMethod[],
  student: readonly PairableLayer[],
  teacher: readonly PairableLayer[],
): HookPlace[] {
  return hookGroups(methods).flatMap(({ hooks: kind, layers }) => {
    const pairs =
      layers === 'several'
        ? pairStages(student, teacher, kind)
        : pairLayers(student, teacher, kind).map((pair, index) => ({
            ...pair,
            isBest: index === 0,
            position: student.findIndex(({ id }) => id === pair.student),
          }));
    return pairs.map((pair) => ({ ...pair, kind, layers }));
  });
}

/** The groups of the methods that hook layers. */
export function hookGroups(methods: readonly CatalogueMethod[]): HookGroup[] {
  const onLayers = methods.filter(({ hooks }) => hooks !== 'logits');
  return onLayers.filter((method, index) => onLayers.findIndex((other) => isOf(method, other)) === index);
}

/** Whether a method goes to the places of a group. */
export function isOf({ hooks, layers }: HookGroup, group: HookGroup): boolean {
  return hooks === group.hooks && layers === group.layers;
}

/** One hook for each method, for each method and each of the places it fits, or for a method and all of these at once. */
export function hooksFor(methods: readonly CatalogueMethod[], places: readonly HookPlace[]): NewHook[] {
  return methods.flatMap((one): NewHook[] => {
    const { name: method, publishedWeight: weight } = one;
    if (one.hooks === 'logits') return [{ method, weight }];
    const fitting = places.filter(({ kind, layers }) => isOf(one, { hooks: kind, layers }));
    if (one.layers === 'several')
      return fitting.length === 0 ? [] : [{ method, ...listsOf(fitting), weight }];
    return fitting.map(({ student, teacher }) => ({ method, student, teacher, weight }));
  });
}
