import type { Role } from '../common/recipe-text';
import type { InspectedDocument } from './inspections';
import type { LayerCall, ModelSource } from '../common/model-syntax/model-source';
import { canLoseLayer, type HookSide, hooksOn, type RecipeHooks, rolesOf } from './recipe-hooks';

/** A lens before it is drawn. */
export type PlannedLens = { readonly line: number } & (
  | { readonly kind: 'distill' | 'train' | 'inspect'; readonly builder: string }
  | { readonly kind: 'summary'; readonly builder: string; readonly inspected: InspectedDocument }
  | ({ readonly kind: 'hook' | 'edit' | 'removeLayer' | 'remove'; readonly layer: string } & HookSide)
  | { readonly kind: 'hookable'; readonly builder: string; readonly layers: readonly string[] }
);

export interface LensInput {
  readonly source: ModelSource;
  readonly inspected: readonly InspectedDocument[];
  /** The active recipe. */
  readonly recipe: RecipeHooks | undefined;
  /** Of an export of this document. */
  readonly referenceOf: (builder: string) => string;
  /** Of an offset in the document; from 0. */
  readonly lineOf: (offset: number) => number;
  readonly shows: {
    readonly builders: boolean;
    readonly hooks: boolean;
    readonly hookable: boolean;
    readonly inspected: boolean;
  };
  /** Whether the workspace is trusted: what runs or builds something is offered. */
  readonly runs: boolean;
}

const NO_HOOKS: RecipeHooks = { hooks: [], sources: {} };

/** Which lenses stand above which lines (from 0). */
export function planLenses(input: LensInput): PlannedLens[] {
  const lenses = [...builderLenses(input), ...writtenLenses(input), ...inspectedLenses(input)];
  return lenses.sort((a, b) => a.line - b.line);
}

function builderLenses({ source, inspected, referenceOf, lineOf, shows, runs }: LensInput): PlannedLens[] {
  if (!shows.builders || !runs) return [];
  return source.builders.flatMap(({ name: builder, from }) => {
    const line = lineOf(from);
    const known = inspected.find(({ inspection }) => inspection.reference === referenceOf(builder));
    return [
      { kind: 'distill', line, builder } as const,
      { kind: 'train', line, builder } as const,
      { kind: 'inspect', line, builder } as const,
      ...(known ? [{ kind: 'summary', line, builder, inspected: known } as const] : []),
    ];
  });
}

/** Of the layers whose name stands in the text. */
function writtenLenses(input: LensInput): PlannedLens[] {
  const { source, lineOf, shows, runs } = input;
  return source.layers.flatMap((call) => {
    const { name, from } = call;
    if (name === undefined) return [];
    const uses = usesOf(call, input);
    const hooked = uses.flatMap((use) => hooksOn(input.recipe ?? NO_HOOKS, use, name));
    const line = lineOf(from);
    if (hooked.length > 0) return shows.hooks ? hooked.flatMap((each) => hookLenses(line, name, each)) : [];
    const [use] = uses;
    if (!use || !shows.hookable || !runs) return [];
    return [{ kind: 'hookable', line, builder: use.builder, layers: [name] } as const];
  });
}

/** Of the layers that only the inspector knows: from loops, with made-up names, in helpers elsewhere. */
function inspectedLenses(input: LensInput): PlannedLens[] {
  const { source, inspected, recipe, referenceOf, shows, runs } = input;
  const lenses: PlannedLens[] = [];
  const planned = new Set<string>();
  for (const { inspection, lines } of inspected) {
    const { reference } = inspection;
    const builder = reference.slice(reference.lastIndexOf('#') + 1);
    const written = new Set(
      source.layers
        .filter(({ builders }) => builders.some((name) => referenceOf(name) === reference))
        .map(({ name }) => name),
    );
    const roles = recipe ? rolesOf(recipe, reference) : [];
    for (const { line: lineNumber, layers, isOwn } of lines) {
      if (!isOwn) continue;
      const line = lineNumber - 1;
      const ids = layers.map(({ id }) => id).filter((id) => !written.has(id));
      const hooked = roles.flatMap((role) =>
        ids.flatMap((layer) =>
          hooksOn(recipe ?? NO_HOOKS, { role, reference }, layer).map((each) => ({ layer, each })),
        ),
      );
      if (shows.hooks) lenses.push(...hooked.flatMap(({ layer, each }) => hookLenses(line, layer, each)));
      const free = ids.filter((id) => !hooked.some(({ layer }) => layer === id));
      const isPlanned = planned.has(`${line}`);
      if (!shows.inspected || !runs || free.length === 0 || isPlanned) continue;
      planned.add(`${line}`);
      lenses.push({ kind: 'hookable', line, builder, layers: free });
    }
  }
  return lenses;
}

function hookLenses(line: number, layer: string, hooked: HookSide): PlannedLens[] {
  const loses = canLoseLayer(hooked.hook, hooked.side);
  const kinds = ['hook', 'edit', ...(loses ? (['removeLayer'] as const) : []), 'remove'] as const;
  return kinds.map((kind) => ({ kind, line, layer, ...hooked }));
}

/** The builders that a call belongs to and that have a role in the recipe, the student first. */
export function usesOf(
  { builders }: LayerCall,
  { recipe, referenceOf }: Pick<LensInput, 'recipe' | 'referenceOf'>,
): { readonly builder: string; readonly reference: string; readonly role: Role }[] {
  if (!recipe) return [];
  return builders
    .flatMap((builder) => {
      const reference = referenceOf(builder);
      return rolesOf(recipe, reference).map((role) => ({ builder, reference, role }));
    })
    .sort((a, b) => Number(b.role === 'student') - Number(a.role === 'student'));
}
