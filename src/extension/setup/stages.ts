import * as vscode from 'vscode';
import type { InstallProgress, InstallStage } from '../../backends';
import { bytes } from '../../common/format';

/** From where to where each stage takes the bar: fetching takes the most time. */
const shares: Readonly<Record<InstallStage, readonly [number, number]>> = {
  download: [0, 0.75],
  unpack: [0.75, 0.9],
  compile: [0.9, 0.97],
  try: [0.97, 1],
};

/** An installation's progress in words, and its share of the whole, 0 … 1. */
export function stageText({ stage, done, total, because }: InstallProgress): { text: string; share: number } {
  const [start, end] = shares[stage];
  const share = start + (total > 0 ? Math.min(1, done / total) : 0) * (end - start);
  if (because !== undefined)
    return {
      text: vscode.l10n.t('Compiling its binding, as the one that came along fails: {0}', because),
      share,
    };
  return { text: words(stage, total > 0 ? [bytes(done), bytes(total)] : undefined), share };
}

function words(stage: InstallStage, amounts: readonly [string, string] | undefined): string {
  switch (stage) {
    case 'download':
      return amounts ? vscode.l10n.t('Fetching, {0} of {1}', ...amounts) : vscode.l10n.t('Fetching');
    case 'unpack':
      return amounts ? vscode.l10n.t('Unpacking, {0} of {1}', ...amounts) : vscode.l10n.t('Unpacking');
    case 'compile':
      return vscode.l10n.t('Compiling its binding');
    case 'try':
      return vscode.l10n.t('Trying it');
  }
}
