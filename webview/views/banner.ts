import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import type { Action, Header, State } from '../../src/protocol/panel-sections';
import type { Doings } from '../doings';
import { actionButton } from './actions';

/** What to do next in each state that needs something done; what the run does not offer is left out. */
const REMEDIES: Partial<Record<State, readonly Action[]>> = {
  interrupted: ['resume', 'openLog'],
  stopped: ['resume'],
  failed: ['resume', 'openLog', 'openRecipe'],
  unreadable: ['reveal', 'openLog'],
  gone: ['restore', 'close'],
};

const KINDS: Partial<Record<State, 'error' | 'warning'>> = {
  failed: 'error',
  unreadable: 'error',
  interrupted: 'warning',
  gone: 'warning',
};

/** The actions that the banner offers, which the header then need not. */
export function remediesOf({ state, sentence, actions }: Header): Action[] {
  if (sentence === undefined) return [];
  return (REMEDIES[state] ?? []).filter((action) => actions.includes(action));
}

/** Says in one sentence what is the matter, with the buttons that mend it. */
export function bannerView(header: Header, doings: Doings): unknown {
  const { state, sentence, warnings } = header;
  const kind = KINDS[state] ?? 'info';
  const message =
    sentence === undefined
      ? nothing
      : html`<div class="banner banner-${kind}">
          <i class="codicon codicon-${kind}" aria-hidden="true"></i>
          <p>${sentence}</p>
          <div class="banner-actions">
            ${remediesOf(header).map((action, index) => actionButton(action, doings, index === 0 ? 'primary' : 'secondary'))}
          </div>
        </div>`;
  return html`${message}${warningList(warnings)}`;
}

function warningList(warnings: readonly string[]): unknown {
  if (warnings.length === 0) return nothing;
  const [only] = warnings;
  if (warnings.length === 1) {
    return html`<div class="banner banner-warning">
      <i class="codicon codicon-warning" aria-hidden="true"></i>
      <p>${only}</p>
    </div>`;
  }
  return html`<details class="banner banner-warning">
    <summary>
      <i class="codicon codicon-warning" aria-hidden="true"></i>${l10n.t('{0} warnings', warnings.length)}
    </summary>
    <ul>
      ${warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>
  </details>`;
}
