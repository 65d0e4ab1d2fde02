import * as vscode from 'vscode';
import { Subject } from '../../protocol/panel';
import { fits } from '../../protocol/panel-schema';
import type { Services } from '../services';
import { PANEL_TYPE } from './contributions';
import { ReaderClient } from './reader/client';
import { RunPanel } from './run-panel';
import { nameOf, Views } from './views';

/** All open panels: at most one of a subject. */
export class Panels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, RunPanel>();
  private readonly views: Views;
  private reader: ReaderClient | undefined;

  constructor(private readonly services: Services) {
    this.views = new Views(services.context.workspaceState);
  }

  /** Shows a subject's panel, a new one where there is none. */
  open(subject: Subject): void {
    const open = this.panels.get(nameOf(subject));
    if (open !== undefined) return open.panel.reveal();
    const title = subject.kind === 'run' ? vscode.l10n.t('Run') : vscode.l10n.t('Compare');
    this.fill(vscode.window.createWebviewPanel(PANEL_TYPE, title, vscode.ViewColumn.Active), subject);
  }

  /** After a reload, VS Code hands back what the page has kept. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (fits(Subject, state) && !this.panels.has(nameOf(state))) this.fill(panel, state);
    else panel.dispose();
    return Promise.resolve();
  }

  /** The panels stay, for VS Code to hand them back after a reload. */
  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    void this.reader?.dispose();
  }

  private fill(panel: vscode.WebviewPanel, subject: Subject): void {
    const { extensionUri } = this.services.context;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    this.reader ??= new ReaderClient();
    this.panels.set(nameOf(subject), new RunPanel(panel, subject, this.services, this.reader, this.views));
    panel.onDidDispose(() => this.forget(subject));
  }

  /** Without panels there is nothing to keep in memory. */
  private forget(subject: Subject): void {
    this.panels.delete(nameOf(subject));
    if (this.panels.size > 0) return;
    void this.reader?.dispose();
    this.reader = undefined;
  }
}
