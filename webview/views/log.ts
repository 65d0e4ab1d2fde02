import { html, nothing, render } from 'lit-html';
import * as l10n from '@vscode/l10n';
import { bytes } from '../../src/common/format';
import type { LogTail } from '../../src/protocol/panel-sections';

/** Tab Log: the end of the run's log. It follows what is written until the person scrolls up. */
export class LogElement extends HTMLElement {
  private current: LogTail | undefined;
  private text = '';

  set tail(tail: LogTail | undefined) {
    if (tail === this.current && this.text !== '') return;
    this.current = tail;
    this.text = tail?.lines.join('\n') ?? '';
    this.write();
  }

  private write(): void {
    const before = this.querySelector('pre');
    const isAtEnd = before === null || before.scrollHeight - before.scrollTop - before.clientHeight < 24;
    const skipped = this.current?.skippedBytes ?? 0;
    render(
      this.text === ''
        ? html`<p class="hint">
            ${this.current === undefined ? l10n.t('Reading the log…') : l10n.t('Nothing has been logged yet.')}
          </p>`
        : html`${
              skipped === 0
                ? nothing
                : html`<p class="hint">
                    ${l10n.t('{0} before this are left out; Open log shows all.', bytes(skipped))}
                  </p>`
            }
            <pre class="log" tabindex="0" role="region" aria-label=${l10n.t('Log')}>${this.text}</pre>`,
      this,
    );
    const after = this.querySelector('pre');
    if (isAtEnd && after !== null) after.scrollTop = after.scrollHeight;
  }
}

customElements.define('retort-log', LogElement);
