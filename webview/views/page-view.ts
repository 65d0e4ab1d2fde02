import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import type { Tab } from '../../src/protocol/panel';
import type { ChartContent } from '../charts/content';
import type { Doings } from '../doings';
import type { Page } from '../page';
import { bannerView } from './banner';
import { cardsView } from './cards';
import { chartGrid } from './chart-grid';
import { compareView } from './compare';
import { compareCharts } from './compare-charts';
import { headerView, progressView } from './header';
import { hookCharts } from './hook-charts';
import { hooksView } from './hooks';
import './log';
import { overviewCharts } from './overview-charts';
import { predictionsView } from './predictions';
import { tabsView } from './tabs';
import { toolbarView } from './toolbar';

/** The whole page; a comparison has no header and no tabs. */
export function pageView(page: Page, doings: Doings): unknown {
  const { subject, header, cards, view } = page.state;
  if (subject.kind === 'comparison') {
    return html`<h1>${l10n.t('Comparison of {0} runs', subject.keys.length)}</h1>
      ${tabView('compare', page, doings)}`;
  }
  const isGone = header?.state === 'gone' || header?.state === 'unreadable';
  const hasNothing = isGone && Object.keys(page.state.tables).length === 0;
  // Of these no progress will ever be known, if none is.
  const hasBar = !isGone || header?.progress !== undefined;
  return html`${
    header === undefined
      ? nothing
      : html`${headerView(header, doings)}${hasBar ? progressView(header) : nothing}${bannerView(header, doings)}`
  }
  ${cards === undefined ? nothing : cardsView(cards)}
  ${hasNothing ? nothing : tabsView(view.tab, (tab) => doings.look({ tab }), tabView(view.tab, page, doings))}`;
}

/** Before the host's first word. */
export function loadingView(): unknown {
  return html`<div class="loading" role="status">
    <vscode-progress-ring aria-label=${l10n.t('Opening the run')}></vscode-progress-ring>
    <h1>${l10n.t('Opening the run…')}</h1>
  </div>`;
}

/** The charts of a tab, as they are saved. */
export function chartsOf(tab: Tab, page: Page): ChartContent[] {
  switch (tab) {
    case 'overview':
      return overviewCharts(page);
    case 'hooks':
      return (page.state.hooks ?? []).flatMap((hook) =>
        hookCharts(page, hook).map((chart) => ({ ...chart, title: `${hook.name}: ${chart.title}` })),
      );
    case 'compare':
      return compareCharts(page);
    case 'predictions':
    case 'log':
      return [];
  }
}

function tabView(tab: Tab, page: Page, doings: Doings): unknown {
  switch (tab) {
    case 'overview':
      return html`<h2 class="visually-hidden">${l10n.t('Charts')}</h2>
        ${toolbarView(page, doings, { withOverlays: true })} ${chartGrid(overviewCharts(page), page.theme)}`;
    case 'hooks':
      return html`${toolbarView(page, doings, { withOverlays: false })} ${hooksView(page)}`;
    case 'predictions':
      return predictionsView(page.state.predictions);
    case 'compare':
      return html`${toolbarView(page, doings, { withOverlays: true })} ${compareView(page, doings)}`;
    case 'log':
      return html`<retort-log .tail=${page.state.log}></retort-log>`;
  }
}
