/** Whether a value of a recipe is told as one: a text, a number, a list of such. An empty list holds nothing to tell. */
export function isEntry(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isPlain) : isPlain(value);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
