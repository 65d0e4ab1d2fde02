import * as path from 'node:path';
import * as vscode from 'vscode';
import { findWorkspace } from '../../recipe/workspace';

const RUN_FILES = '**/.retort/runs/*/run.json';

/**
 * The `.retort` folders of the workspace: of its folders or their parents, and of projects further down, which are
 * searched for once and noticed when they appear.
 */
export class RetortFolders implements vscode.Disposable {
  private readonly nested = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  /** A run was made, or another folder opened. */
  readonly onDidChange = this.changed.event;
  private readonly watcher = vscode.workspace.createFileSystemWatcher(RUN_FILES, false, true, true);
  private readonly listeners = [
    this.changed,
    this.watcher,
    this.watcher.onDidCreate((uri) => this.add([uri])),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed.fire()),
  ];

  /** As of now; looks at the disk. */
  all(): string[] {
    const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const own = roots.map(({ uri }) => path.join(findWorkspace(uri.fsPath, uri.fsPath), '.retort'));
    const nested = [...this.nested].filter((folder) =>
      vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)),
    );
    return [...new Set([...own, ...nested])];
  }

  /** Searches the workspace for projects further down. */
  async search(): Promise<void> {
    this.add(await vscode.workspace.findFiles(RUN_FILES, '**/node_modules/**'));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private add(runFiles: readonly vscode.Uri[]): void {
    if (runFiles.length === 0) return;
    // .retort/runs/ID/run.json
    for (const { fsPath } of runFiles) this.nested.add(path.resolve(fsPath, '../../..'));
    this.changed.fire();
  }
}
