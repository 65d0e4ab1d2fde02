import { html } from 'lit-html';

/** A button with something that opens below it, and closes on Escape or a click elsewhere: the platform's popover. */
export function popup(id: string, button: { title: string; content: unknown }, content: unknown): unknown {
  return html`<span class="popup">
    <button class="text-button" popovertarget=${id} title=${button.title}>${button.content}</button>
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
