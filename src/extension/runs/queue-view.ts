import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../common/errors';
import { type DeviceQueue, listQueue } from '../../runs/queue';
import { isReadable } from '../common/seen-run';
import type { Services } from '../services';
import { type QueueRow, queueRows, waitingText } from './model/queue-rows';
import { themeIcon } from './tree-item';

const INTERVAL = 2000;

/** The view `Queue`: who works and who waits on this machine. */
export class QueueView implements vscode.TreeDataProvider<QueueRow>, vscode.Disposable {
  private readonly view: vscode.TreeView<QueueRow>;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly timer = setInterval(() => this.isOfInterest() && void this.refresh(), INTERVAL);
  private readonly disposables: vscode.Disposable[];
  private queues: readonly DeviceQueue[] = [];
  private rows: readonly QueueRow[] = [];
  private trouble: string | undefined;

  constructor(private readonly services: Services) {
    this.view = vscode.window.createTreeView('retort.queue', { treeDataProvider: this });
    this.disposables = [
      this.view,
      this.changed,
      services.runs.onDidChange(() => this.isOfInterest() && void this.refresh()),
      this.view.onDidChangeVisibility(({ visible }) => visible && void this.refresh()),
    ];
  }

  /** As last looked at. */
  get devices(): readonly DeviceQueue[] {
    return this.queues;
  }

  async refresh(): Promise<void> {
    try {
      this.queues = await listQueue();
      this.trouble = undefined;
    } catch (error) {
      // The user's own folder: a damaged file in it is named.
      if (this.trouble !== messageOf(error)) this.services.log.warn(messageOf(error));
      this.trouble = messageOf(error);
    }
    const rows = queueRows(this.queues, this.services.runs.all());
    this.view.message = this.trouble ?? '';
    if (isDeepStrictEqual(rows, this.rows)) return;
    this.rows = rows;
    this.view.description = waitingText(rows) ?? '';
    this.changed.fire();
  }

  async getChildren(row?: QueueRow): Promise<QueueRow[]> {
    if (row !== undefined) return [];
    await this.services.runs.ready;
    if (this.rows.length === 0) await this.refresh();
    return [...this.rows];
  }

  getTreeItem(row: QueueRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label);
    item.id = row.id;
    item.description = row.description;
    item.iconPath = themeIcon(row.icon);
    item.contextValue = row.context;
    item.tooltip = row.key;
    item.accessibilityInformation = { label: `${row.label}, ${row.description}` };
    if (row.context.includes('own')) {
      item.command = { command: 'retort.openRun', title: vscode.l10n.t('Open'), arguments: [row.key] };
    }
    return item;
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private isOfInterest(): boolean {
    return (
      this.view.visible ||
      this.services.runs.all().some((run) => isReadable(run) && run.seen.state === 'queued')
    );
  }
}
