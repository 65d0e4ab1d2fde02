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
  if (row.about.kind === 'run' || row.about.kind === 'unreadable')
    item.command = {
      command: 'retort.openRun',
      title: vscode.l10n.t('Open'),
      arguments: [row.about.run.key],
    };
  return item;
}

export function themeIcon({ name, color }: Icon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Everything from files is set as text: a name or a note may be a stranger's. */
export function markdownOf({ title, facts, text }: Tooltip): vscode.MarkdownString {
  const lines = [`**${asText(title.trim())}**`, ...facts.map(([name, value]) => asText(`${name}: ${value}`))];
  const markdown = new vscode.MarkdownString(lines.join('  \n'));
  if (text !== undefined && text.trim() !== '') markdown.appendMarkdown(`\n\n---\n\n${asText(text.trim())}`);
  return markdown;
}

/**
 * Markdown that shows a text as it is. VS Code's own escapes have no space at which a long line could break; a space as
 * a character reference is one, and begins no list or code either.
 */
function asText(text: string): string {
  const written = text.replaceAll('&', '&amp;');
  return new vscode.MarkdownString().appendText(written).value.replaceAll('&nbsp;', '&#32;');
}
