import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import * as l10n from '@vscode/l10n';
import { count, shape } from '../../src/common/format';
import type { HookedLayer, HookRow } from '../../src/protocol/panel-sections';
import type { Page } from '../page';
import { chartGrid } from './chart-grid';
import { hookCharts } from './hook-charts';

/** Tab Hooks: for each hook what it joins, and how its weight, loss and similarity go. */
export function hooksView(page: Page): unknown {
  const { hooks } = page.state;
  if (hooks === undefined) return html`<p class="hint">${l10n.t('Reading the hooks…')}</p>`;
  if (hooks.length === 0) {
    return html`<p class="hint">
      ${l10n.t('This run has no hooks: the student trains alone. Add some with Distill on the model’s code.')}
    </p>`;
  }
  return repeat(
    hooks,
    ({ name }) => name,
    (hook) => hookView(page, hook),
  );
}

function hookView(page: Page, hook: HookRow): unknown {
  const id = `hook-${hook.name}`;
  const schedule = hook.schedule === undefined ? '' : `, ${hook.schedule}`;
  return html`<section class="hook" data-hook=${hook.name} aria-labelledby=${id}>
    <div class="hook-facts">
      <h2 id=${id}>${hook.name}</h2>
      <dl>
        ${fact(l10n.t('method'), hook.method)} ${fact(l10n.t('student'), sideText(hook.student))}
        ${fact(l10n.t('teacher'), sideText(hook.teacher))}
        ${hook.adapter === undefined ? nothing : fact(l10n.t('adapter'), hook.adapter)}
        ${fact(l10n.t('weight'), String(hook.weight) + schedule)}
        ${!hook.parameters ? nothing : fact(l10n.t('parameters'), count(hook.parameters))}
      </dl>
    </div>
    ${chartGrid(hookCharts(page, hook), page.theme, 'charts charts-small')}
  </section>`;
}

function fact(name: string, value: string): unknown {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function sideText(layers: readonly HookedLayer[]): string {
  if (layers.length === 0) return l10n.t('logits');
  return layers
    .map(({ layer = l10n.t('logits'), shape: sizes }) =>
      sizes === undefined ? layer : `${layer} · ${shape(sizes)}`,
    )
    .join(', ');
}
