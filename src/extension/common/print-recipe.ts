/** Characters that a line may have. */
const WIDTH = 100;

/** A recipe as text, in the manner of those that people write: what fits stands in one line. */
export function printRecipe(recipe: Readonly<Record<string, unknown>>, comment: string): string {
  const entries = Object.entries(recipe).filter(([, value]) => value !== undefined);
  const lines = entries.map(([key, value]) => {
    const name = `${JSON.stringify(key)}: `;
    return `  ${name}${print(value, 2, 2 + name.length)}`;
  });
  return `// ${comment}\n{\n${lines.join(',\n')}\n}\n`;
}

/**
 * A value in the manner of recipes.
 * @param indent - of the line that it begins in
 * @param column - where the value begins; two more characters may follow it
 */
export function print(value: unknown, indent: number, column: number): string {
  const inOneLine = printInline(value);
  const isContainer = typeof value === 'object' && value !== null;
  if (!isContainer || column + inOneLine.length + 1 <= WIDTH) return inOneLine;
  const inner = indent + 2;
  const parts = Array.isArray(value)
    ? value.map((item) => print(item, inner, inner))
    : present(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `;
        return name + print(item, inner, inner + name.length);
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = parts.map((part) => `${' '.repeat(inner)}${part}`);
  return `${open}\n${lines.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function printInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = present(value).map(([key, item]) => `${JSON.stringify(key)}: ${printInline(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function present(value: object): [string, unknown][] {
  return (Object.entries(value) as [string, unknown][]).filter(([, item]) => item !== undefined);
}
