import * as vscode from 'vscode';
import type { Icon, Row } from './model/row';
import type { Tooltip } from './model/tooltip';

/** A row as VS Code shows it, without its tooltip, which is made when it is asked for. */
export function treeItemOf(row: Row): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const state = row.isOpenable ? (row.startsOpen ? Expanded : Collapsed) : None;
  const item = new vscode.TreeItem(row.label, state);
  item.id = row.id;
  item.description = row.description;
  item.iconPath = themeIcon(row.icon);
  item.contextValue = row.context;
  const spoken = row.spoken ?? row.description;
  item.accessibilityInformation = { label: `${row.label}, ${spoken.replaceAll(' · ', ', ')}` };
  return item;
}

export function themeIcon({ name, color }: Icon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Everything from files is set as text: a name or a note may be a stranger's. */
export function markdownOf({ title, facts, text }: Tooltip): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString()
    .appendMarkdown('**')
    .appendText(title.trim())
    .appendMarkdown('**');
  for (const [name, value] of facts) {
    markdown.appendMarkdown('  \n').appendText(`${name}: ${value}`);
  }
  if (text !== undefined && text.trim() !== '')
    markdown.appendMarkdown('\n\n---\n\n').appendText(text.trim());
  return markdown;
}
