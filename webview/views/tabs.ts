import { html } from 'lit-html';
import * as l10n from '@vscode/l10n';
import type { Tab } from '../../src/protocol/panel';

const TABS: readonly Tab[] = ['overview', 'hooks', 'predictions', 'compare', 'log'];

/** The tabs, with the content of the one that is open. */
export function tabsView(open: Tab, choose: (tab: Tab) => void, content: unknown): unknown {
  return html`<vscode-panels
    aria-label=${l10n.t('Parts of the panel')}
    .activeid=${`tab-${open}`}
    @change=${(event: CustomEvent<HTMLElement | undefined>) => {
      const tab = TABS.find((candidate) => event.detail?.id === `tab-${candidate}`);
      if (tab !== undefined && tab !== open) choose(tab);
    }}
  >
    ${TABS.map((tab) => html`<vscode-panel-tab id="tab-${tab}">${tabText(tab)}</vscode-panel-tab>`)}
    ${TABS.map((tab) => html`<vscode-panel-view id="view-${tab}">${tab === open ? content : ''}</vscode-panel-view>`)}
  </vscode-panels>`;
}

function tabText(tab: Tab): string {
  const texts: Record<Tab, string> = {
    overview: l10n.t('Overview'),
    hooks: l10n.t('Hooks'),
    predictions: l10n.t('Predictions'),
    compare: l10n.t('Compare'),
    log: l10n.t('Log'),
  };
  return texts[tab];
}
