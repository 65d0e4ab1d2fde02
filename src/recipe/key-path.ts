/** Where a value stands in a recipe: `['hooks', 1, 'student']`, written `hooks[1].student`; the root is `[]`. */
export type KeyPath = readonly (string | number)[];

const plainKey = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
const segment = /(\.?)(?:([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\])/uy;

/** `hooks[1].student`; keys that are not plain words stand in brackets: `args["my key"]`. */
export function formatKeyPath(path: KeyPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!plainKey.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** The reverse of `formatKeyPath`; undefined for anything else. */
export function parseKeyPath(text: string): KeyPath | undefined {
  const path: (string | number)[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < text.length) {
    const match = segment.exec(text);
    const [, dot, key, index, quotedKey] = match ?? [];
    const dotBelongs = key !== undefined && path.length > 0;
    if (match === null || (dot === '.') !== dotBelongs) return undefined;
    if (index !== undefined) path.push(Number(index));
    else path.push(key ?? (JSON.parse(quotedKey!) as string));
  }
  return path;
}

export function startsWith(path: KeyPath, prefix: KeyPath): boolean {
  return prefix.every((key, index) => path[index] === key);
}
