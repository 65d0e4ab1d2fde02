import type { Drawing, Mark } from './drawing';

/** A drawing as an SVG file, whole and self-contained. */
export function toSvg({ width, height, background, marks }: Drawing): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="system-ui, sans-serif"><rect width="${width}" height="${height}" fill="${escape(background)}"/>` +
    `${marks.map(element).join('')}</svg>\n`
  );
}

function element(mark: Mark): string {
  switch (mark.kind) {
    case 'path': {
      const { d, fill = 'none', stroke = 'none', width = 1, dash = [] } = mark;
      const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
      return `<path d="${d}" fill="${escape(fill)}" stroke="${escape(stroke)}" stroke-width="${width}" stroke-linejoin="round"${dashes}/>`;
    }
    case 'text': {
      const { text, x, y, colour, size, anchor } = mark;
      return `<text x="${x}" y="${y}" fill="${escape(colour)}" font-size="${size}" text-anchor="${anchor}">${escape(text)}</text>`;
    }
    case 'clipped': {
      const { x, y, width, height } = mark.box;
      const inner = mark.marks.map(element).join('');
      return `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}" overflow="hidden">${inner}</svg>`;
    }
  }
}

/** Control characters cannot be in XML at all; labels come from files of strangers. */
function escape(words: string): string {
  return words
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[<>&"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
