import { contrast, cssColour, mix, parseColour, type Rgb, withContrast } from './colours';
import type { Theme } from './theme';

const CHART_COLOURS = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];
/** WCAG 2.2, contrast of text: the legend's marks are read like text. */
const TEXT_CONTRAST = 4.5;

/** Reads the theme from the page's variables. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): Rgb | undefined => parseColour(style.getPropertyValue(`--vscode-${name}`));
  const background = read('editor-background') ?? [255, 255, 255];
  const foreground =
    read('foreground') ?? (contrast(background, [0, 0, 0]) > 8 ? [0, 0, 0] : [255, 255, 255]);
  const own = CHART_COLOURS.map((name) => read(`charts-${name}`)).filter((colour) => colour !== undefined);
  // A second round, nearer to the text's colour, for more lines than the theme has colours.
  const all = [...own, ...own.map((colour) => mix(colour, foreground, 0.45))];
  const family = style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif';
  return {
    background: cssColour(background),
    foreground: cssColour(foreground),
    grid: cssColour(mix(background, foreground, 0.14)),
    font: family,
    smallFont: `11px ${family}`,
    lines: all.map((colour) => cssColour(withContrast(colour, background, foreground, TEXT_CONTRAST))),
    veil: (colour) => transparent(colour, 0.2),
    faint: (colour) => transparent(colour, 0.45),
  };
}

function transparent(colour: string, opacity: number): string {
  const parsed = parseColour(colour);
  return parsed === undefined ? colour : `rgba(${parsed.join(', ')}, ${opacity})`;
}

/** Calls back when the theme changes: VS Code then writes other variables and another class. */
export function onThemeChanged(callback: () => void): void {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributeFilter: ['style'] });
  observer.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-id'] });
}
