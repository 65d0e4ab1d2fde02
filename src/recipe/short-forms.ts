/**
 * Puts `{ "format": "mnist" }` for the data source `"mnist"` and `{ "type": "flip" }` for the augmentation
 * `"flip"`, in place, so that whatever reads a parsed recipe meets one form. The value may be anything yet.
 * Returns where the names then stand and where they were written: `data.source.format` to `data.source`.
 */
export function expandShortForms(value: unknown): Map<string, string> {
  const written = new Map<string, string>();
  const data = isObject(value) && isObject(value.data) ? value.data : {};
  if (typeof data.source === 'string') {
    data.source = { format: data.source };
    written.set('data.source.format', 'data.source');
  }
  if (Array.isArray(data.augment)) {
    data.augment = data.augment.map((item: unknown, index) => {
      if (typeof item !== 'string') return item;
      written.set(`data.augment[${index}].type`, `data.augment[${index}]`);
      return { type: item };
    });
  }
  return written;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
