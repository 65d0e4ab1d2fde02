import type { CommandContribution, Contributions, MenuItem } from './manifest';

/** The manifest's `contributes` and `capabilities`, with `%keys%` for texts, and the texts behind the keys. */
export interface WrittenManifest {
  readonly contributes: Record<string, unknown>;
  readonly capabilities: Record<string, unknown>;
  readonly texts: Record<string, string>;
}

/** Keys of the manifest whose strings people read. */
const TEXT_KEYS = new Set([
  'title',
  'name',
  'contents',
  'description',
  'markdownDescription',
  'label',
  'altText',
]);
/** What tells an entry from its neighbours, in the order tried. */
const ID_KEYS = ['command', 'id', 'view', 'title'];

/** Joins what the features contribute. Throws where two contribute the same id. */
export function manifestOf(features: readonly Contributions[], capabilities: object = {}): WrittenManifest {
  const merged: Record<string, unknown> = {};
  for (const feature of features) {
    for (const [point, value] of Object.entries(feature)) merged[point] = join(merged[point], value, point);
  }
  const commands = (merged.commands ?? []) as CommandContribution[];
  refuseDoubles(commands.map(({ command }) => command));
  const texts: Record<string, string> = {};
  const contributes = {
    ...merged,
    commands: commands.map(writeCommand),
    menus: { ...(merged.menus as object | undefined), commandPalette: paletteItems(commands) },
  };
  return {
    contributes: externalize(contributes, [], texts) as Record<string, unknown>,
    capabilities: externalize(capabilities, ['capabilities'], texts) as Record<string, unknown>,
    texts,
  };
}

function join(before: unknown, value: unknown, point: string): unknown {
  if (before === undefined) return value;
  if (Array.isArray(before) && Array.isArray(value))
    return [...(before as unknown[]), ...(value as unknown[])];
  if (typeof before !== 'object' || typeof value !== 'object' || before === null || value === null) {
    throw new Error(`Two features contribute ${point}`);
  }
  const joined: Record<string, unknown> = { ...before };
  for (const [key, inner] of Object.entries(value)) joined[key] = join(joined[key], inner, `${point}.${key}`);
  return joined;
}

function refuseDoubles(ids: readonly string[]): void {
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw new Error(`Two features contribute ${double}`);
}

function writeCommand({ needsTrust, palette: _, enablement, ...command }: CommandContribution): object {
  const when = [enablement, needsTrust && 'isWorkspaceTrusted'].filter(Boolean).join(' && ');
  return { ...command, category: 'Retort', ...(when !== '' && { enablement: when }) };
}

function paletteItems(commands: readonly CommandContribution[]): MenuItem[] {
  return commands
    .filter(({ palette }) => palette !== undefined)
    .map(({ command, palette }) => ({ command, when: palette === false ? 'false' : palette! }));
}

/** Replaces texts by keys made from where they stand: `commands.retort.showLog.title`. */
function externalize(value: unknown, place: readonly string[], texts: Record<string, string>): unknown {
  if (Array.isArray(value)) {
    const ids = value.map(idOf);
    return value.map((inner: unknown, index) => {
      const id = ids[index]!;
      // A view may have several welcomes.
      const isOnly = ids.filter((other) => other === id).length === 1;
      return externalize(inner, [...place, isOnly ? id : `${id}.${index}`], texts);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if (typeof inner !== 'string' || !TEXT_KEYS.has(key)) {
        return [key, externalize(inner, [...place, key], texts)];
      }
      const name = [...place, key].join('.').replaceAll(' ', '-');
      if (name in texts && texts[name] !== inner) throw new Error(`Two texts for ${name}`);
      texts[name] = inner;
      return [key, `%${name}%`];
    }),
  );
}

function idOf(value: unknown, index: number): string {
  const entry = value as Record<string, unknown>;
  const id = ID_KEYS.map((key) => entry[key]).find((candidate) => typeof candidate === 'string');
  return typeof id === 'string' ? id : String(index);
}
