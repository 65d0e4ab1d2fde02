import * as vscode from 'vscode';
import type { LayerSummary } from '../../protocol/inspector';
import { type Choice, chooseOne, heading } from '../common/choose';
import type { BACK, CANCEL, StepPlace } from '../common/steps';
import { formatCount, formatShape } from './figures';

export interface LayerQuestion {
  readonly title: string;
  readonly placeholder: string;
  readonly place: StepPlace;
  /** Whether the best stand first, which is said. */
  readonly isRanked?: boolean;
}

/** Lets the user choose a layer. */
export function chooseLayer(
  layers: readonly LayerSummary[],
  { isRanked = false, ...question }: LayerQuestion,
): Promise<LayerSummary | typeof BACK | typeof CANCEL> {
  const { t } = vscode.l10n;
  const [best, ...others] = layers.map(choiceOf);
  const choices = best === undefined ? [] : [best, ...others];
  const ranked = best && [
    heading(t('best match')),
    best,
    ...(others.length > 0 ? [heading(t('then, by resolution and depth')), ...others] : []),
  ];
  return chooseOne({ ...question, choices: () => (isRanked && ranked) || choices });
}

function choiceOf(layer: LayerSummary): Choice<LayerSummary> {
  const { id, className, outputShape, parameters } = layer;
  const figures = [formatShape(outputShape), ...(parameters > 0 ? [formatCount(parameters)] : [])];
  return { label: id, description: [className, ...figures].join(' · '), value: layer };
}
