import * as vscode from 'vscode';
import { shape } from '../../common/format';
import type { CatalogueMethod } from '../../recipe/catalogue';
import type { LayerPair, PairableLayer } from '../../recipe/pair-layers';
import type { Choice } from './choose';

/** A method with what it does, its paper and its published weight. */
export function methodChoice(method: CatalogueMethod): Choice<CatalogueMethod> {
  const { name, title, summary, publishedWeight, reference } = method;
  return {
    label: name,
    description: [title, venueOf(reference.paper), vscode.l10n.t('weight {0}', publishedWeight)].join(' · '),
    detail: summary,
    value: method,
    ...(reference.url !== undefined && { link: { url: reference.url, title: reference.paper } }),
  };
}

/** `CVPR 2022`, the end of `Lin et al.: Knowledge Distillation via the Target-aware Transformer. CVPR 2022`. */
function venueOf(paper: string): string {
  return paper.split('. ').at(-1)!;
}

/** A pair of layers with their shapes. */
export function pairChoice<Pair extends LayerPair>(
  pair: Pair,
  student: readonly PairableLayer[],
  teacher: readonly PairableLayer[],
): Choice<Pair> {
  const shapeOf = (layers: readonly PairableLayer[], id: string): string =>
    shape(layers.find((layer) => layer.id === id)?.outputShape ?? []);
  return {
    label: `${pair.student} ← ${pair.teacher}`,
    description: `${shapeOf(student, pair.student)} ← ${shapeOf(teacher, pair.teacher)}`,
    value: pair,
  };
}

/** Says what is wrong with pairs for a hook on several layers. */
export function tooFewPairs(method: string, pairs: readonly LayerPair[]): string | undefined {
  return pairs.length > 1 ? undefined : vscode.l10n.t('{0} hooks at least two layers', method);
}
