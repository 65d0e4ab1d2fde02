import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ReaderClient } from '../../src/extension/panel/reader/client';
import { RunPanel } from '../../src/extension/panel/run-panel';
import { Views } from '../../src/extension/panel/views';
import { DEFAULT_VIEW, type HostMessage, isHostMessage, type PageMessage } from '../../src/protocol/panel';
import type { Services } from '../../src/extension/services';

/** A page that can be read: VS Code lets no test into a real one. */
class Page {
  readonly received: HostMessage[] = [];
  readonly times: number[] = [];
  private readonly toHost = new vscode.EventEmitter<unknown>();
  private readonly viewState = new vscode.EventEmitter<void>();
  private readonly disposed = new vscode.EventEmitter<void>();
  private readonly listeners = new Set<() => void>();
  readonly panel: vscode.WebviewPanel;

  constructor() {
    const webview = {
      html: '',
      options: {},
      cspSource: 'https://page.test',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: this.toHost.event,
      postMessage: (message: unknown) => Promise.resolve(this.take(message)),
    };
    this.panel = {
      webview,
      title: '',
      visible: true,
      onDidChangeViewState: this.viewState.event,
      onDidDispose: this.disposed.event,
    } as unknown as vscode.WebviewPanel;
  }

  say(message: unknown): void {
    this.toHost.fire(message);
  }

  show(visible: boolean): void {
    Object.assign(this.panel, { visible });
    this.viewState.fire();
  }

  /** Waits for a message of which this holds; only for those after `from`. */
  async until(holds: (message: HostMessage) => boolean, from = 0): Promise<HostMessage> {
    for (;;) {
      const found = this.received.slice(from).find(holds);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.listeners.add(resolve));
    }
  }

  private take(message: unknown): boolean {
    const copy: unknown = structuredClone(message);
    assert.ok(isHostMessage(copy), 'the host keeps to the protocol');
    this.received.push(copy);
    this.times.push(performance.now());
    for (const listener of this.listeners) listener();
    this.listeners.clear();
    return true;
  }
}

describe('the messages of the panel', () => {
  const reader = new ReaderClient();
  let services: Services;
  let page: Page;
  let host: RunPanel;
  const ready: PageMessage = { type: 'ready' };
  const isSnapshot = ({ type }: HostMessage): boolean => type === 'snapshot';

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.ready;
  });
  beforeEach(async () => {
    const run = services.runs
      .all()
      .find(({ seen }) => typeof seen === 'object' && seen.recipe.hooks.length > 0)!;
    page = new Page();
    const views = new Views(services.context.workspaceState);
    const subject = { kind: 'run' as const, keys: [run.key] };
    await views.keep(subject, DEFAULT_VIEW);
    // Read before, so that the first message is of all of it.
    await reader.call('curves', [run.key]);
    host = new RunPanel(page.panel, subject, services, reader, views);
  });
  afterEach(() => host.dispose());
  after(() => reader.dispose());

  it('begin when the page is ready, with everything', async () => {
    assert.equal(page.received.length, 0);
    page.say(ready);
    const message = await page.until(isSnapshot);
    assert.ok(message.type === 'snapshot' && message.header !== undefined);
    assert.equal(message.number, 0);
    assert.deepEqual(
      message.tables?.map(({ keep, rows }) => [keep, rows.table]),
      [
        [0, 'train'],
        [0, 'validation'],
      ],
    );
  });

  it('go on with numbered deltas of what has changed, at most four a second', async () => {
    page.say(ready);
    await page.until(isSnapshot);
    for (const tab of ['log', 'hooks', 'log', 'hooks', 'compare'] as const) {
      page.say({ type: 'view', view: { ...DEFAULT_VIEW, tab } });
      const name = tab === 'compare' ? 'comparison' : tab;
      await page.until((message) => message.type === 'delta' && message[name] !== undefined);
    }
    const numbers = page.received.map((message) => message.type !== 'zoomed' && message.number);
    assert.deepEqual(numbers, [...numbers.keys()]);
    const gaps = page.times.slice(1).map((time, index) => time - page.times[index]!);
    assert.ok(Math.min(...gaps) >= 249, `${gaps.map(Math.round).join()} ms between messages`);
  });

  it('start over when the page asks again, and when it was hidden', async () => {
    page.say(ready);
    await page.until(isSnapshot);
    page.say(ready);
    const again = await page.until(isSnapshot, 1);
    assert.ok(again.type === 'snapshot' && again.tables?.every(({ keep }) => keep === 0));
    page.show(false);
    const before = page.received.length;
    page.say({ type: 'view', view: { ...DEFAULT_VIEW, tab: 'log' } });
    await services.runs.refresh();
    page.show(true);
    page.say(ready);
    const shown = await page.until(isSnapshot, before);
    assert.equal(page.received[before], shown);
    assert.ok(shown.type === 'snapshot' && shown.log !== undefined);
  });

  it('answer zooms, and leave unsaid what is not of the protocol', async () => {
    page.say(ready);
    await page.until(isSnapshot);
    page.say({ type: 'zoom', id: 7, table: 'train', axis: 'step', from: 95, to: 105, more: true });
    page.say({ type: 'rm', path: '/' });
    page.say({ type: 'zoom', id: 8, table: 'train', axis: 'step', from: 95, to: 105 });
    const answer = await page.until(({ type }) => type === 'zoomed');
    assert.ok(answer.type === 'zoomed');
    assert.equal(answer.id, 8);
    assert.deepEqual([...answer.rows.step], [90, 100, 110]);
  });

  it('undo the deletion of a run that is shown, and close its panel', async () => {
    const [key] = host.subject.keys;
    page.say(ready);
    await page.until(isSnapshot);
    const shows = (state: string) => (message: HostMessage) =>
      message.type === 'delta' && message.header?.state === state;
    await vscode.commands.executeCommand('retort.deleteRun', key);
    const gone = await page.until(shows('gone'));
    assert.ok(gone.type === 'delta');
    assert.deepEqual(gone.header?.actions, ['restore', 'close']);
    page.say({ type: 'action', action: 'restore' });
    await page.until(shows('done'));
    assert.ok(services.runs.get(key!) !== undefined);
    const closed = new Promise<void>((resolve) => Object.assign(page.panel, { dispose: resolve }));
    page.say({ type: 'action', action: 'close' });
    await closed;
  });

  it('are of a page that may load nothing but its own files', () => {
    const { html } = page.panel.webview;
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|\*|http:|data:|connect-src|frame-src/);
    const nonce = /script-src 'nonce-([\w-]{22})'/.exec(policy)?.[1];
    assert.ok(nonce !== undefined);
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    assert.equal(scripts.length, 1);
    assert.ok(scripts[0]!.includes(`nonce="${nonce}"`));
    const { enableScripts, localResourceRoots } = page.panel.webview.options;
    assert.equal(enableScripts, true);
    assert.ok(localResourceRoots?.every(({ path }) => path.endsWith('/dist/webview')));
  });

  it('keep how a run was looked at', async () => {
    page.say(ready);
    await page.until(isSnapshot);
    page.say({ type: 'view', view: { ...DEFAULT_VIEW, tab: 'log', smoothing: 0.5 } });
    await page.until((message) => message.type === 'delta' && message.log !== undefined);
    const views = new Views(services.context.workspaceState);
    assert.deepEqual(views.of(host.subject), { ...DEFAULT_VIEW, tab: 'log', smoothing: 0.5 });
    const other = { kind: 'run' as const, keys: ['/another'] };
    assert.deepEqual(views.of(other), { ...DEFAULT_VIEW, smoothing: 0.5 });
  });
});
