import { html, nothing, render } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { bytes } from '../../src/common/format';
import type { LogTail } from '../../src/protocol/panel-sections';

/** Pixels from the end within which a person counts as reading the end. */
const NEAR = 24;

/** Tab Log: the end of the run's log. It follows what is written until the person scrolls up. */
export class LogElement extends HTMLElement {
  private current: LogTail | undefined;
  private follows = true;
  /** What is written while the tab is opened has no size yet. */
  private readonly observer = new ResizeObserver(() => this.scrollToEnd());

  set tail(tail: LogTail | undefined) {
    if (tail === this.current) return;
    this.current = tail;
    if (this.isConnected) this.write();
  }

  connectedCallback(): void {
    this.write();
    this.observer.observe(this);
  }

  disconnectedCallback(): void {
    this.observer.disconnect();
  }

  private write(): void {
    render(this.view(), this);
    this.scrollToEnd();
  }

  private view(): unknown {
    const { skippedBytes = 0, lines } = this.current ?? {};
    if (lines === undefined) return html`<p class="hint">${l10n.t('Reading the log…')}</p>`;
    if (lines.length === 0) return html`<p class="hint">${l10n.t('Nothing has been logged yet.')}</p>`;
    const skipped = l10n.t('{0} before this are left out; Open log shows all.', bytes(skippedBytes));
    return html`${skippedBytes === 0 ? nothing : html`<p class="hint">${skipped}</p>`}
      <pre
        class="log"
        tabindex="0"
        role="region"
        aria-label=${l10n.t('Log')}
        @scroll=${() => this.noteScroll()}
      >
${lines.join('\n')}</pre>`;
  }

  private noteScroll(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.querySelector('pre')!;
    this.follows = scrollHeight - scrollTop - clientHeight < NEAR;
  }

  private scrollToEnd(): void {
    const text = this.querySelector('pre');
    if (text !== null && this.follows) text.scrollTop = text.scrollHeight;
  }
}

customElements.define('retort-log', LogElement);
