import { html } from 'lit-html';

export interface PopupButton {
  readonly title: string;
  readonly content: unknown;
  /** As one of a row of buttons; else it looks like text. */
  readonly isSolid?: boolean;
}

/** A button with something that opens below it, and closes on Escape or a click elsewhere: the platform's popover. */
export function popup(id: string, { title, content: face, isSolid }: PopupButton, content: unknown): unknown {
  return html`<span class="popup">
    <button class=${isSolid ? 'solid-button' : 'text-button'} popovertarget=${id} title=${title}>
      ${face}
    </button>
    <div class="popup-content" id=${id} popover @toggle=${placeBelowButton}>${content}</div>
  </span>`;
}

/** Puts what has opened below its button, within the page; moves the focus into it. */
function placeBelowButton(event: ToggleEvent): void {
  const content = event.currentTarget as HTMLElement;
  if (event.newState !== 'open') return;
  const button = content.previousElementSibling!.getBoundingClientRect();
  const { width } = content.getBoundingClientRect();
  const left = Math.max(4, Math.min(button.left, document.documentElement.clientWidth - width - 4));
  content.style.setProperty('left', `${left}px`);
  content.style.setProperty('top', `${button.bottom + 2}px`);
  content.querySelector<HTMLElement>('button, vscode-checkbox, input')?.focus();
}
