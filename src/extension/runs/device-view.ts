import * as vscode from 'vscode';
import { describeDevice, onDeviceChanged } from '../common/device';
import { onSettingChanged } from '../common/settings';

/** The view `Device`: one row that says what does the arithmetic. */
export class DeviceView implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly disposables = [
    this.changed,
    vscode.window.registerTreeDataProvider('retort.device', this),
    onDeviceChanged(() => this.changed.fire()),
    onSettingChanged('retort.backend', () => this.changed.fire()),
  ];

  async getChildren(row?: string): Promise<string[]> {
    return row === undefined ? [(await describeDevice()).text] : [];
  }

  getTreeItem(text: string): vscode.TreeItem {
    const item = new vscode.TreeItem(text);
    item.id = 'device';
    item.iconPath = new vscode.ThemeIcon('chip');
    item.contextValue = 'device';
    item.tooltip = vscode.l10n.t('New runs compute on {0}', text);
    return item;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }
}
