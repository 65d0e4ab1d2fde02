import * as vscode from 'vscode';
import type { Services } from '../services';
import { artefactRows } from './model/artefacts';
import { changesBetween } from './model/changes';
import { Experiments, type Sort } from './model/experiments';
import { filterOf } from './model/filter';
import type { Row } from './model/row';
import type { TimeLeft } from './model/time-left';
import { tooltipOf } from './model/tooltip';
import { RowNode } from './row-node';
import { markdownOf, treeItemOf } from './tree-item';

/** So often the ages of runs are looked at again, in milliseconds. */
const AGES_INTERVAL = 30_000;
const SORT = 'experiments.sort';

/** The view `Experiments`: rows are redrawn one by one, so that nothing flickers or collapses. */
export class ExperimentsView implements vscode.TreeDataProvider<RowNode>, vscode.Disposable {
  readonly view: vscode.TreeView<RowNode>;
  private readonly experiments = new Experiments();
  private readonly nodes = new Map<string, RowNode>();
  private readonly changed = new vscode.EventEmitter<RowNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly disposables: vscode.Disposable[];
  private rows: readonly Row[] = [];
  private filterText = '';

  constructor(
    private readonly services: Services,
    private readonly timeLeft: TimeLeft,
  ) {
    this.view = vscode.window.createTreeView('retort.experiments', {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    const ages = setInterval(() => this.view.visible && this.update(), AGES_INTERVAL);
    this.disposables = [
      this.view,
      this.changed,
      services.runs.onDidChange(() => this.view.visible && this.update()),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.update()),
      { dispose: () => clearInterval(ages) },
    ];
    this.tellState();
    void services.runs.ready.then(() => setContext('ready', true));
  }

  get sort(): Sort {
    return this.services.context.workspaceState.get<Sort>(SORT) ?? 'newest';
  }

  set sort(sort: Sort) {
    void this.services.context.workspaceState.update(SORT, sort);
    this.tellState();
    this.update();
  }

  get filter(): string {
    return this.filterText;
  }

  set filter(text: string) {
    this.filterText = text.trim();
    this.update();
    this.tellState();
  }

  async getChildren(node?: RowNode): Promise<RowNode[]> {
    if (node === undefined) {
      await this.services.runs.ready;
      if (this.rows.length === 0) {
        await this.experiments.prepare(this.services.runs.all());
        this.take(this.collect());
      }
      return this.rows.map((row) => this.nodes.get(row.id)!);
    }
    const { about, children } = node.row;
    if (about.kind !== 'run') return children.map((row) => this.nodes.get(row.id)!);
    // Damage in a run's folder must not take the rest of the tree along.
    const rows = await artefactRows(about.run).catch(() => []);
    return rows.map((row) => this.nodeFor(row, node));
  }

  getTreeItem(node: RowNode): vscode.TreeItem {
    return treeItemOf(node.row);
  }

  resolveTreeItem(item: vscode.TreeItem, node: RowNode): vscode.TreeItem {
    const tooltip = tooltipOf(node.row.about);
    if (tooltip !== undefined) item.tooltip = markdownOf(tooltip);
    return item;
  }

  getParent(node: RowNode): RowNode | undefined {
    return node.parent;
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private update(): void {
    const before = this.rows;
    const after = this.collect();
    const { root, ids } = changesBetween(before, after);
    this.take(after);
    if (root) this.changed.fire(undefined);
    else if (ids.length > 0) this.changed.fire(ids.map((id) => this.nodes.get(id)!));
  }

  private collect(): Row[] {
    return this.experiments.collect(this.services.runs.all(), {
      sort: this.sort,
      filter: filterOf(this.filterText),
      now: new Date(),
      secondsLeft: (run) => this.timeLeft.of(run),
    });
  }

  /** Makes the rows those that are shown; nodes of rows that stay, stay. */
  private take(rows: readonly Row[]): void {
    this.rows = rows;
    const left = new Set(this.nodes.keys());
    const add = (row: Row, parent: RowNode | undefined): void => {
      left.delete(row.id);
      const node = this.nodeFor(row, parent);
      for (const child of row.children) add(child, node);
    };
    for (const row of rows) add(row, undefined);
    for (const id of left) this.forget(id);
    this.view.message = this.filterMessage() ?? '';
  }

  private nodeFor(row: Row, parent: RowNode | undefined): RowNode {
    const known = this.nodes.get(row.id);
    if (known !== undefined && known.parent === parent) {
      known.row = row;
      return known;
    }
    const node = new RowNode(row, parent);
    this.nodes.set(row.id, node);
    return node;
  }

  /** Checkpoints are not among the collected rows; they go with their runs. */
  private forget(id: string): void {
    const parent = this.nodes.get(id)?.parent;
    const isArtefact = parent?.row.about.kind === 'run';
    if (!isArtefact || this.nodes.get(parent.row.id) !== parent) this.nodes.delete(id);
  }

  /** None where no run matches: a view with a message shows no welcome, which offers to clear the filter. */
  private filterMessage(): string | undefined {
    if (this.filterText === '' || this.rows.length === 0) return undefined;
    const all = this.services.runs.all();
    const shown = this.rows.reduce((count, { keys }) => count + keys.length, 0);
    return vscode.l10n.t('Filter "{0}": {1} of {2} runs', this.filterText, shown, all.length);
  }

  /** For menus and for what the empty view says. */
  private tellState(): void {
    setContext('filtered', this.filterText !== '');
    this.view.description = descriptions[this.sort]();
  }
}

function setContext(name: 'ready' | 'filtered', value: boolean): void {
  void vscode.commands.executeCommand('setContext', `retort.experiments.${name}`, value);
}

/** The usual order goes without saying. */
const descriptions: Record<Sort, () => string> = {
  newest: () => '',
  best: () => vscode.l10n.t('best first'),
  name: () => vscode.l10n.t('by name'),
};
