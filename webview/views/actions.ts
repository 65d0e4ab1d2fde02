import { html } from 'lit-html';
import * as l10n from '@vscode/l10n';
import type { Action } from '../../src/protocol/panel-sections';
import type { Doings } from '../doings';

/** What an action is called, with its codicon. */
export function actionText(action: Action): { label: string; icon: string } {
  switch (action) {
    case 'stop':
      return { label: l10n.t('Stop'), icon: 'debug-stop' };
    case 'stopAfterEpoch':
      return { label: l10n.t('Stop after this epoch'), icon: 'debug-stop' };
    case 'resume':
      return { label: l10n.t('Resume'), icon: 'debug-continue' };
    case 'checkpoint':
      return { label: l10n.t('Checkpoint'), icon: 'save' };
    case 'openRecipe':
      return { label: l10n.t('Recipe'), icon: 'file-code' };
    case 'openLog':
      return { label: l10n.t('Open log'), icon: 'output' };
    case 'reveal':
      return { label: l10n.t('Show the run’s folder'), icon: 'folder-opened' };
    case 'exportStudent':
      return { label: l10n.t('Export the student…'), icon: 'export' };
    case 'trainBaseline':
      return { label: l10n.t('Train the student alone for comparison'), icon: 'beaker' };
    case 'restore':
      return { label: l10n.t('Undo'), icon: 'discard' };
    case 'close':
      return { label: l10n.t('Close'), icon: 'close' };
  }
}

export function actionButton(action: Action, doings: Doings, appearance: 'primary' | 'secondary'): unknown {
  const { label, icon } = actionText(action);
  return html`<vscode-button
    appearance=${appearance}
    data-action=${action}
    @click=${() => doings.act(action)}
  >
    ${label}<i slot="start" class="codicon codicon-${icon}" aria-hidden="true"></i>
  </vscode-button>`;
}
