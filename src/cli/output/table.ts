/** A column: its heading and on which side its cells are aligned. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const GAP = '   ';

/** Rows under headings, columns as wide as their widest cell. No trailing spaces, no line end at the end. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => width(row[index] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index]!, column.align ?? 'left'))
      .join(GAP)
      .trimEnd();
  const body = rows.map(line);
  return (titles.every((title) => title === '') ? body : [line(titles), ...body]).join('\n');
}

/** `name   value` lines without headings: what is known about one thing. Absent values are left out. */
export function facts(entries: readonly (readonly [string, string | undefined])[]): string {
  const known = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return table([{ title: '' }, { title: '' }], known);
}

function pad(cell: string, size: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, size - width(cell)));
  return align === 'left' ? cell + space : space + cell;
}

/** Characters as a reader counts them, so that `é` written as two code points is one. */
function width(text: string): number {
  return [...segmenter.segment(text)].length;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
