import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import type { Axis, Choice } from '../../src/protocol/panel-charts';
import { choiceLabel, colourOf, ownExperiment, type Page } from '../page';
import type { Doings } from '../doings';
import { popup } from './menu';

/** How the charts of a tab are drawn, what is laid over them, and where they can be saved to. */
export function toolbarView(
  page: Page,
  doings: Doings,
  { withOverlays }: { withOverlays: boolean },
): unknown {
  const { axis, smoothing, logScale } = page.state.view;
  const axes: [Axis, string][] = [
    ['step', l10n.t('step')],
    ['epoch', l10n.t('epoch')],
    ['time', l10n.t('time')],
  ];
  return html`<div class="toolbar" role="group" aria-label=${l10n.t('Charts')}>
    <span class="control">
      <span aria-hidden="true">${l10n.t('Axis')}</span>
      <vscode-dropdown
        aria-label=${l10n.t('Axis')}
        .value=${axis}
        @change=${(event: Event) => doings.look({ axis: valueOf(event) as Axis })}
      >
        ${axes.map(([value, text]) => html`<vscode-option value=${value}>${text}</vscode-option>`)}
      </vscode-dropdown>
    </span>
    <label class="control">
      <span>${l10n.t('Smooth')}</span>
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        .value=${String(smoothing)}
        @input=${(event: Event) => doings.look({ smoothing: Number(valueOf(event)) })}
      />
      <span class="control-value" aria-hidden="true">${smoothing.toFixed(2)}</span>
    </label>
    <vscode-checkbox
      .checked=${logScale}
      @change=${(event: Event) => doings.look({ logScale: (event.target as HTMLInputElement).checked })}
      >${l10n.t('Log scale')}</vscode-checkbox
    >
    ${withOverlays ? overlayPicker(page, doings) : nothing}
    <button class="text-button" ?disabled=${page.zoom === undefined} @click=${() => doings.zoom(undefined)}>
      <i class="codicon codicon-zoom-out" aria-hidden="true"></i>${l10n.t('Show all')}
    </button>
    <span class="spring"></span>
    <span class="exports" role="group" aria-label=${l10n.t('Save the charts')}>
      <i class="codicon codicon-desktop-download" aria-hidden="true"></i>
      ${(['csv', 'svg', 'png'] as const).map(
        (format) =>
          html`<button
            class="text-button"
            title=${l10n.t('Save as {0}', format.toUpperCase())}
            @click=${() => doings.save(format)}
          >
            ${format.toUpperCase()}
          </button>`,
      )}
    </span>
  </div>`;
}

/** Runs and groups whose curves are drawn too. */
function overlayPicker({ state, theme }: Page, doings: Doings): unknown {
  const chosen = state.view.overlays;
  const others = (state.choices ?? []).filter(({ key }) => !state.subject.keys.includes(key));
  const toggle = (key: string) =>
    doings.look({
      overlays: chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key],
    });
  const label = l10n.t('Lay other runs over the charts');
  const content = html`<i class="codicon codicon-layers" aria-hidden="true"></i>${l10n.t('Overlay')}
    ${chosen.length > 0 ? html`<span class="badge">${chosen.length}</span>` : nothing}`;
  const item = (choice: Choice) =>
    html`<vscode-checkbox
      class="overlay-choice"
      data-key=${choice.key}
      .checked=${chosen.includes(choice.key)}
      ?disabled=${!chosen.includes(choice.key) && chosen.length >= 20}
      @change=${(event: Event) => {
        // The control changes by itself; the page follows what the person did.
        if ((event.target as HTMLInputElement).checked !== chosen.includes(choice.key)) toggle(choice.key);
      }}
      ><svg class="dot" width="10" height="10" aria-hidden="true">
        <circle cx="5" cy="5" r="5" fill=${colourOf(choice, theme)}></circle></svg
      >${choiceLabel(choice, ownExperiment(state))}</vscode-checkbox
    >`;
  const list =
    others.length === 0
      ? html`<p class="hint">${l10n.t('There are no other runs yet.')}</p>`
      : html`<fieldset>
          <legend>${label}</legend>
          ${others.map(item)}
        </fieldset>`;
  return popup('overlays', { title: label, content }, list);
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}
