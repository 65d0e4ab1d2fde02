import type { LayerSummary } from '../../protocol/inspector';
import { formatCount, formatFlops, formatShape } from './figures';

/** The layers that were made on one line, or by what that line calls, in the order of the network. */
export interface InspectedLine {
  /** From 1. */
  readonly line: number;
  readonly layers: readonly LayerSummary[];
  /** Whether they were made on the line itself, not only by what it calls. */
  readonly isOwn: boolean;
}

/** Gathers the layers by the lines of one file. */
export function linesOf(layers: readonly LayerSummary[], file: string): InspectedLine[] {
  const lines = new Map<number, { layers: LayerSummary[]; isOwn: boolean }>();
  for (const layer of layers) {
    const own = layer.places[0];
    const called = new Set(layer.places.filter((place) => place.file === file).map(({ line }) => line));
    for (const line of called) {
      const entry = lines.get(line) ?? { layers: [], isOwn: false };
      entry.layers.push(layer);
      entry.isOwn ||= own?.file === file && own.line === line;
      lines.set(line, entry);
    }
  }
  return [...lines].map(([line, entry]) => ({ line, ...entry })).sort((a, b) => a.line - b.line);
}

/** Which figures a hint shows. */
export interface HintParts {
  readonly shapes: boolean;
  readonly parameters: boolean;
  readonly flops: boolean;
}

/**
 * `⟶ 7×7×64 · 36.9k · 1.8 MFLOPs`; several layers are summed, the shape is that of the last. What is zero
 * or switched off is left out; empty where nothing is left.
 */
export function describeLine(layers: readonly LayerSummary[], parts: HintParts): string {
  const counted = distinct(layers);
  const parameters = sum(counted, 'parameters');
  const flops = sum(layers, 'flops');
  const figures = [
    parts.shapes ? describeShapes(layers) : '',
    parts.parameters && parameters > 0 ? formatCount(parameters) : '',
    parts.flops && flops > 0 ? formatFlops(flops) : '',
  ].filter((figure) => figure !== '');
  return figures.length === 0 ? '' : `⟶ ${figures.join(' · ')}`;
}

/** `7×7×64`, or `3 layers, 7×7×64` with the shape of the last. */
function describeShapes(layers: readonly LayerSummary[]): string {
  const last = formatShape(layers.at(-1)!.outputShape);
  return layers.length === 1 ? last : `${layers.length} layers, ${last}`;
}

/** A table of the layers, in Markdown, for the hint's tooltip. */
export function tableOf(layers: readonly LayerSummary[], limit = 40): string {
  const rows = layers
    .slice(0, limit)
    .map(({ id, className, outputShape, parameters, flops }) =>
      [
        escaped(id),
        escaped(className),
        formatShape(outputShape),
        parameters.toLocaleString('en'),
        formatFlops(flops),
      ].join(' | '),
    );
  const more = layers.length > limit ? [`… ${layers.length - limit} more | | | |`] : [];
  return [
    'layer | class | output | parameters | FLOPs',
    ':-- | :-- | :-- | --: | --:',
    ...rows,
    ...more,
  ].join('\n');
}

/** Names come from files: in a table they are text and nothing else. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$]/g, '\\$&').replace(/\s+/g, ' ');
}

/** The same layer called again has its parameters once: `id` and `id:1`. */
function distinct(layers: readonly LayerSummary[]): LayerSummary[] {
  const seen = new Map(layers.map((layer) => [layer.id.replace(/:\d+$/, ''), layer]));
  return [...seen.values()];
}

function sum(layers: readonly LayerSummary[], figure: 'parameters' | 'flops'): number {
  return layers.reduce((total, layer) => total + layer[figure], 0);
}
