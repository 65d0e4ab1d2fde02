import { html, nothing } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { duration, epochText } from '../../src/common/format';
import { runIcons } from '../../src/common/run-icons';
import type { Action, Header, State } from '../../src/protocol/panel-sections';
import type { Doings } from '../doings';
import { actionButton, actionText } from './actions';
import { remediesOf } from './banner';
import { popup } from './menu';

/** Actions with a button of their own, in this order; the others are in the menus. */
const BUTTONS: readonly Action[] = ['stop', 'resume', 'checkpoint', 'openRecipe'];
/** Those that the button `stop` opens a menu for. */
const STOPS: readonly Action[] = ['stop', 'stopAfterEpoch'];

/** In these no step is at work and none will be before it is resumed. */
const AT_REST: readonly State[] = ['stopped', 'interrupted', 'failed', 'gone'];

const ICONS: Readonly<Record<State, string>> = { ...runIcons, gone: 'trash' };

/** Which run this is, how it goes, and what can be done. */
export function headerView(header: Header, doings: Doings): unknown {
  const { experiment, variant, seed, name, star, tags, note, state } = header;
  const path = [experiment, variant, l10n.t('seed {0}', seed)];
  const remedies = remediesOf(header);
  const actions = header.actions.filter((action) => !remedies.includes(action));
  const inMenu = actions.filter((action) => !BUTTONS.includes(action) && !STOPS.includes(action));
  const stops = actions.filter((action) => STOPS.includes(action));
  return html`<header class="run-header">
    <div class="run-names">
      <h1>
        ${star ? html`<i class="codicon codicon-star-full" role="img" aria-label=${l10n.t('starred')}></i>` : nothing}
        ${name ?? path.flatMap((part, index) => (index === 0 ? [part] : [html`<span class="slash"> / </span>`, part]))}
      </h1>
      ${name === undefined || experiment === '' ? nothing : html`<span class="run-path">${path.join(' / ')}</span>`}
      ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
      <p class="run-state state-${state}">
        <i class="codicon codicon-${ICONS[state].replace('~', ' codicon-modifier-')}" aria-hidden="true"></i>
        <span>${stateText(state)}</span
        >${progressTexts(header).map((text) => html`<span class="fact">${text}</span>`)}
      </p>
      ${note === undefined ? nothing : html`<p class="run-note">${note}</p>`}
    </div>
    <div class="run-actions">
      ${BUTTONS.filter((action) => actions.includes(action)).map((action) =>
        action === 'stop' && stops.length > 1
          ? stopMenu(stops, doings)
          : actionButton(action, doings, action === 'resume' ? 'primary' : 'secondary'),
      )}
      ${inMenu.length === 0 ? nothing : moreMenu(inMenu, doings)}
    </div>
    <div class="visually-hidden" role="status">${announcement(header)}</div>
  </header>`;
}

/** A thin bar below the header; always there, so that nothing moves when it starts. */
export function progressView({ progress, state }: Header): unknown {
  const { step, steps } = progress ?? { step: 0, steps: 1 };
  const share = steps === 0 ? 0 : step / steps;
  const text = `${Math.floor(share * 100)} %`;
  return html`<div class="run-progress state-${state}">
    <progress max="1" .value=${share} aria-label=${l10n.t('Progress of the training')}></progress>
    <span class="progress-text">${progress === undefined ? '' : text}</span>
  </div>`;
}

export function stateText(state: State): string {
  const texts: Record<State, string> = {
    queued: l10n.t('queued'),
    starting: l10n.t('starting'),
    running: l10n.t('running'),
    stopping: l10n.t('stopping'),
    stopped: l10n.t('stopped'),
    done: l10n.t('done'),
    failed: l10n.t('failed'),
    interrupted: l10n.t('interrupted'),
    unreadable: l10n.t('cannot be read'),
    gone: l10n.t('gone'),
  };
  return texts[state];
}

function progressTexts({ progress, secondsLeft, state }: Header): string[] {
  const texts: string[] = [];
  if (progress !== undefined) {
    // While it trains, the epoch at work; else what has been trained, as the side bar and the sentence have it.
    const isAtRest = AT_REST.includes(state);
    const epoch = isAtRest
      ? progress.epoch
      : Math.min(progress.epochs, Math.floor(progress.epoch) + (progress.step < progress.steps ? 1 : 0));
    texts.push(l10n.t('epoch {0}/{1}', epochText(epoch), epochText(progress.epochs)));
  }
  if (secondsLeft !== undefined) texts.push(l10n.t('{0} left', duration(secondsLeft)));
  return texts;
}

/** What is read out, once for each state and epoch: a text that changed with every step would never end. */
function announcement(header: Header): string {
  const [epoch] = progressTexts(header);
  const facts = [stateText(header.state), ...(epoch !== undefined ? [epoch] : []), header.sentence ?? ''];
  return facts.filter(Boolean).join(', ');
}

function moreMenu(actions: readonly Action[], doings: Doings): unknown {
  const label = l10n.t('More actions');
  const icon = html`<i class="codicon codicon-ellipsis" role="img" aria-label=${label}></i>`;
  const items = actions.map((action) => {
    const { label, icon } = actionText(action);
    return menuItem('more-actions', action, html`${codicon(icon)}${label}`, doings);
  });
  return popup('more-actions', { title: label, content: icon }, items);
}

/** Which kind of stop. */
function stopMenu(stops: readonly Action[], doings: Doings): unknown {
  const { label, icon } = actionText('stop');
  const items = stops.map((action) => {
    const text =
      action === 'stop'
        ? l10n.t('Now, after the step at work')
        : l10n.t('After this epoch and its evaluation');
    return menuItem('stop-actions', action, text, doings);
  });
  const content = html`${codicon(icon)}${label}${codicon('chevron-down')}`;
  return popup('stop-actions', { title: l10n.t('Stop, with a checkpoint'), content, isSolid: true }, items);
}

function menuItem(menu: string, action: Action, content: unknown, doings: Doings): unknown {
  return html`<button
    class="menu-item"
    data-action=${action}
    popovertarget=${menu}
    @click=${() => doings.act(action)}
  >
    ${content}
  </button>`;
}

function codicon(name: string): unknown {
  return html`<i class="codicon codicon-${name}" aria-hidden="true"></i>`;
}
