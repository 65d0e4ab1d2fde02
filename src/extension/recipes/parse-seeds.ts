/** Reads `0, 1, 2` or `0-4`; undefined where that is no list of seeds. */
export function parseSeeds(text: string): number[] | undefined {
  const seeds = new Set<number>();
  for (const part of text.split(/[,\s]+/).filter((each) => each !== '')) {
    const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
    if (from === undefined) return undefined;
    const last = Number(to ?? from);
    if (last < Number(from) || last - Number(from) >= 100) return undefined;
    for (let seed = Number(from); seed <= last; seed++) seeds.add(seed);
  }
  return seeds.size === 0 ? undefined : [...seeds];
}
