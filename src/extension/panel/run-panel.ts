import { isDeepStrictEqual } from 'node:util';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../common/errors';
import {
  type Delta,
  type HostMessage,
  isPageMessage,
  type PageMessage,
  type Subject,
  type View,
} from '../../protocol/panel';
import { runFolderOf } from '../../runs/folder';
import { executeCommand, tellError } from '../common/commands';
import { Disposables } from '../common/disposables';
import { folderNamesOf } from '../common/experiment-names';
import type { Services } from '../services';
import { act } from './actions';
import { Collector, type Parts } from './collector';
import { saveFile } from './export';
import { pageFolder, pageHtml } from './page-html';
import type { ReaderClient } from './reader/client';
import { isSameList } from './sections/candidates';
import { comparisonCsv } from './sections/comparison';
import type { Views } from './views';

/** Milliseconds between updates: while a run is live, and otherwise. */
const LIVE_INTERVAL = 250;
const IDLE_INTERVAL = 2000;

type Export = Extract<PageMessage, { type: 'export' }>;

/** One panel: keeps the state that its page shows, and does what the page asks. */
export class RunPanel implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly collector: Collector;
  private view: View;
  /** What the page has; undefined until it is ready, and while it is hidden. */
  private sent: Parts | undefined;
  private number = 0;
  private isReady = false;
  private timer: NodeJS.Timeout | undefined;
  private updateAt = Infinity;
  private updatedAt = -Infinity;
  private isUpdating = false;
  private isDisposed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly subject: Subject,
    private readonly services: Services,
    private readonly reader: ReaderClient,
    private readonly views: Views,
  ) {
    const { extensionUri } = services.context;
    this.view = views.of(subject);
    this.collector = new Collector(subject, services.runs, reader);
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(extensionUri)] };
    this.disposables.add(this.collector);
    this.disposables.add(webview.onDidReceiveMessage((message: unknown) => void this.receive(message)));
    this.disposables.add(panel.onDidChangeViewState(() => this.pauseWhileHidden()));
    this.disposables.add(panel.onDidDispose(() => this.dispose()));
    this.disposables.add(services.runs.onDidChange(() => this.updateSoon()));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.updateSoon()));
    webview.html = pageHtml(webview, extensionUri);
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    this.disposables.dispose();
  }

  /** A hidden page is gone; shown again it is a new one, which says that it is ready. */
  private pauseWhileHidden(): void {
    if (this.panel.visible) return;
    this.isReady = false;
    this.updateAt = Infinity;
    clearTimeout(this.timer);
  }

  private async receive(message: unknown): Promise<void> {
    const { log } = this.services;
    if (!isPageMessage(message)) {
      log.warn(`The panel's page said something unknown: ${JSON.stringify(message)?.slice(0, 200)}`);
      return;
    }
    try {
      await this.answer(message);
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) await tellError(log, error);
    }
  }

  private async answer(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        this.sent = undefined;
        return this.updateSoon();
      case 'view':
        this.view = message.view;
        this.updateSoon();
        return this.views.keep(this.subject, message.view);
      case 'zoom':
        return this.post({ type: 'zoomed', id: message.id, rows: await this.collector.zoom(message) });
      case 'action':
        return this.subject.kind === 'run'
          ? act(message.action, this.subject.keys[0]!, this.services, () => void this.panel.dispose())
          : undefined;
      case 'openRun':
        return executeCommand('retort.openRun', message.key);
      case 'export':
        return this.save(message);
      case 'fault':
        this.services.log.error(`The panel's page: ${message.message}`);
    }
  }

  /** Updates after a while, or sooner where that was asked for already. */
  private updateSoon(wait = 0): void {
    const at = performance.now() + wait;
    if (!this.isReady || this.isDisposed || at >= this.updateAt) return;
    this.updateAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), wait);
  }

  /** One update at a time, and a while between two. */
  private async update(): Promise<void> {
    this.updateAt = Infinity;
    const wait = this.sent === undefined ? 0 : this.updatedAt + LIVE_INTERVAL - performance.now();
    if (this.isUpdating || wait > 0) return this.updateSoon(Math.max(wait, LIVE_INTERVAL / 5));
    this.isUpdating = true;
    try {
      await this.services.runs.ready;
      await this.sendChanges();
    } catch (error) {
      if (!this.isDisposed) this.services.log.error(`The panel cannot be filled: ${messageOf(error)}`);
    }
    this.isUpdating = false;
    this.updatedAt = performance.now();
    const isMoving = this.collector.isLive || this.sent?.reading !== false;
    this.updateSoon(isMoving ? LIVE_INTERVAL : IDLE_INTERVAL);
  }

  private async sendChanges(): Promise<void> {
    const before = this.sent;
    if (before === undefined) await this.collector.forget();
    const parts = await this.collector.collect(this.view, vscode.workspace.isTrusted);
    if (this.isDisposed || !this.isReady || this.sent !== before) return;
    this.sent = parts;
    this.panel.title = this.titleOf(parts);
    if (before === undefined) {
      this.number = 0;
      return this.post({ type: 'snapshot', number: 0, subject: this.subject, view: this.view, ...parts });
    }
    const changed = changedParts(before, parts);
    if (changed === undefined) return;
    this.number += 1;
    return this.post({ type: 'delta', number: this.number, ...changed });
  }

  /** Panels of runs that are called alike are told apart by their folders. */
  private titleOf(parts: Parts): string {
    const { runs } = this.services;
    const { kind, keys } = this.subject;
    const run = kind === 'run' ? runs.get(keys[0]!) : undefined;
    const folder = run && folderNamesOf(runs.all())(run);
    return [titleOf(parts, this.subject), ...(folder === undefined ? [] : [folder])].join(' · ');
  }

  private async post(message: HostMessage): Promise<void> {
    await this.panel.webview.postMessage(message);
  }

  private async save({ format, name, bytes }: Export): Promise<void> {
    const { header, comparison } = this.sent ?? {};
    const base = header ? [header.experiment, header.variant, `seed${header.seed}`, name].join('-') : name;
    const [key] = this.subject.keys as [string];
    const save = (write: (file: string) => Promise<void>): Promise<void> =>
      saveFile(path.dirname(runFolderOf(key).retortFolder), base, format, write);
    if (format !== 'csv') {
      if (bytes !== undefined) await save((file) => fs.writeFile(file, bytes));
      return;
    }
    const run = this.services.runs.get(key)?.run;
    if (this.subject.kind === 'comparison') {
      if (comparison) await save((file) => fs.writeFile(file, comparisonCsv(comparison)));
    } else if (run !== undefined) {
      await save((file) => this.reader.call('writeCsv', run, file));
    }
  }
}

/** The parts that are not as they were; undefined if all are. */
function changedParts(before: Parts, { tables, ...now }: Parts): Omit<Delta, 'type' | 'number'> | undefined {
  const entries = Object.entries(now).filter(([name, value]) => {
    const old = before[name as keyof Parts];
    // Large ones are the same object while they have not changed.
    if (name === 'overlays') return !isSameList((old ?? []) as unknown[], value as unknown[]);
    return name === 'predictions' ? old !== value : !isDeepStrictEqual(old, value);
  });
  if (entries.length === 0 && tables === undefined) return undefined;
  return { ...Object.fromEntries(entries), ...(tables && { tables }) };
}

function titleOf({ header, overlays = [] }: Parts, { kind, keys }: Subject): string {
  if (kind === 'comparison') {
    const count = overlays.filter(({ role }) => role === 'compared').length;
    return vscode.l10n.t('Compare {0}', count === 0 ? keys.length : count);
  }
  if (header === undefined) return 'Retort';
  return header.name ?? vscode.l10n.t('{0}, seed {1}', header.variant, header.seed);
}
