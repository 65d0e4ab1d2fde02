import * as vscode from 'vscode';
import { ago, count, percent } from '../../common/format';
import { variantOf } from '../../recipe/names';
import type { TrainedModel } from './trained-models';

/** `93.0 % test accuracy` */
export function accuracyText({ accuracy }: TrainedModel): string | undefined {
  if (accuracy === undefined) return undefined;
  const value = percent(accuracy.value);
  return accuracy.split === 'test'
    ? vscode.l10n.t('{0} test accuracy', value)
    : vscode.l10n.t('{0} validation accuracy', value);
}

/** `93.0 % test accuracy · 272,474 parameters · fashion-mnist` */
export function qualityText(trained: TrainedModel): string {
  const { parameters, run } = trained;
  return [
    accuracyText(trained),
    parameters === undefined ? undefined : vscode.l10n.t('{0} parameters', count(parameters)),
    run.seen.recipe.data.source.format,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `demo / kd+tat / seed 0, 12 min ago`; the person's own name for the run in front. */
export function runText({ run }: TrainedModel): string {
  const { recipe, info, state } = run.seen;
  const name = [run.notes.name, recipe.name, variantOf(recipe), vscode.l10n.t('seed {0}', recipe.train.seed)];
  const when = ago(new Date(info.endedAt ?? info.startedAt ?? info.createdAt));
  const isOver = ['done', 'stopped', 'failed', 'interrupted'].includes(state);
  return `${name.filter(Boolean).join(' / ')}, ${isOver && state === 'done' ? when : `${state}, ${when}`}`;
}
