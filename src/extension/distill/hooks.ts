import type { CatalogueMethod, HookKind } from '../../recipe/catalogue';
import { type LayerPair, type PairableLayer, pairLayers } from '../../recipe/pair-layers';

/** A hook as Distill writes it: with the published weight, all options at their defaults. */
export interface NewHook {
  readonly method: string;
  readonly student?: string;
  readonly teacher?: string;
  readonly weight: number;
}

/** A pair of layers that methods of a kind can be put between. */
export interface HookPlace extends LayerPair {
  readonly kind: HookKind;
  /** Whether it is the one to take where nothing is known better. */
  readonly isBest: boolean;
}

/** The pairs for the methods that hook layers, for each kind the best first; none where all hook the logits. */
export function hookPlaces(
  methods: readonly CatalogueMethod[],
  student: readonly PairableLayer[],
  teacher: readonly PairableLayer[],
): HookPlace[] {
  return hookedKinds(methods).flatMap((kind) =>
    pairLayers(student, teacher, kind).map((pair, index) => ({ ...pair, kind, isBest: index === 0 })),
  );
}

/** The kinds of layers that some methods hook. */
export function hookedKinds(methods: readonly CatalogueMethod[]): HookKind[] {
  return [...new Set(methods.map(({ hooks }) => hooks))].filter((kind) => kind !== 'logits');
}

/** One hook for each method, or for each method and each of the places it fits. */
export function hooksFor(methods: readonly CatalogueMethod[], places: readonly HookPlace[]): NewHook[] {
  return methods.flatMap(({ name: method, hooks, publishedWeight: weight }) =>
    hooks === 'logits'
      ? [{ method, weight }]
      : places
          .filter(({ kind }) => kind === hooks)
          .map(({ student, teacher }) => ({ method, student, teacher, weight })),
  );
}
