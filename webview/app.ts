import { render } from 'lit-html';
import { isHostMessage, type View } from '../src/protocol/panel';
import type { ZoomEvent } from './charts/chart';
import type { Range } from './charts/content';
import { drawCharts } from './charts/drawing';
import { toPng } from './charts/png';
import { toSvg } from './charts/svg';
import { readTheme } from './charts/read-theme';
import type { Doings } from './doings';
import type { VsCode } from './host';
import type { Page } from './page';
import { fromSnapshot, type PanelState, withDelta } from './state';
import { chartsOf, loadingView, pageView } from './views/page-view';
import { ZoomStore } from './zoom';

/** Milliseconds between two pictures of what the host says; what a person does is seen at once. */
const PACE = 250;

/** The page: takes the host's messages, draws, and tells the host what the person does. */
export class App implements Doings {
  private state: PanelState | undefined;
  private theme = readTheme();
  private readonly zoomStore: ZoomStore;
  private drawnAt = -PACE;
  private timer: number | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly host: VsCode,
  ) {
    this.zoomStore = new ZoomStore((request) => host.postMessage(request));
    root.addEventListener('zoom', (event) => this.zoom((event as ZoomEvent).range));
  }

  start(): void {
    this.draw();
    this.host.postMessage({ type: 'ready' });
  }

  receive(message: unknown): void {
    if (!isHostMessage(message)) return;
    switch (message.type) {
      case 'snapshot':
        this.state = fromSnapshot(message);
        this.host.setState(message.subject);
        break;
      case 'delta':
        if (this.state === undefined) return;
        this.state = withDelta(this.state, message);
        // Something was missed; what is drawn stays until the whole comes.
        if (this.state === undefined) return this.host.postMessage({ type: 'ready' });
        break;
      case 'zoomed':
        this.zoomStore.take(message);
        break;
    }
    if (this.state !== undefined) this.zoomStore.follow(this.state);
    this.drawSoon();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.draw();
  }

  act: Doings['act'] = (action) => this.host.postMessage({ type: 'action', action });

  openRun(key: string): void {
    this.host.postMessage({ type: 'openRun', key });
  }

  look(change: Partial<View>): void {
    if (this.state === undefined) return;
    const view = { ...this.state.view, ...change };
    this.state = { ...this.state, view };
    this.zoomStore.follow(this.state);
    this.host.postMessage({ type: 'view', view });
    this.draw();
  }

  zoom(range: Range | undefined): void {
    if (this.state === undefined) return;
    this.zoomStore.set(range, this.state);
    this.draw();
  }

  save(format: 'svg' | 'png' | 'csv'): void {
    const page = this.page();
    if (page === undefined) return;
    const tab = page.state.subject.kind === 'comparison' ? 'compare' : page.state.view.tab;
    if (format === 'csv') return this.host.postMessage({ type: 'export', format, name: 'metrics' });
    const drawing = drawCharts(chartsOf(tab, page), page.theme);
    const bytes =
      format === 'svg' ? new TextEncoder().encode(toSvg(drawing)) : toPng(drawing, page.theme.font);
    void Promise.resolve(bytes).then((written) =>
      this.host.postMessage({ type: 'export', format, name: tab, bytes: written }),
    );
  }

  private page(): Page | undefined {
    const { zoom } = this.zoomStore;
    return this.state && { state: this.state, theme: this.theme, ...(zoom && { zoom }) };
  }

  private drawSoon(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.drawnAt + PACE - performance.now());
    this.timer = window.setTimeout(() => this.draw(), wait);
  }

  private draw(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.drawnAt = performance.now();
    const page = this.page();
    if (page !== undefined) {
      render(pageView(page, this), this.root);
      this.root.dataset.number = String(page.state.number);
    } else if (this.root.dataset.number === undefined) {
      render(loadingView(), this.root);
    }
  }
}
