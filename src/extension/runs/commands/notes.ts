import * as vscode from 'vscode';
import { readNotes, writeNotes } from '../../../runs/notes';
import type { Notes } from '../../../runs/types';
import { registerCommand } from '../../common/commands';
import type { SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import { noteUri } from '../note-files';
import type { Targets } from './targets';

/** Rename, tag, note, star: the person's own words on runs. */
export function registerNotes({ log, runs }: Services, targets: Targets): vscode.Disposable[] {
  const { t } = vscode.l10n;
  const change = async (chosen: readonly SeenRun[], patch: (notes: Notes) => Notes): Promise<void> => {
    for (const { run } of chosen) writeNotes(run, patch(await readNotes(run)));
    await runs.refresh();
  };
  const star = (name: 'retort.starRun' | 'retort.unstarRun', title: string): vscode.Disposable =>
    registerCommand(log, name, async (target: unknown, selected: unknown) => {
      const starred = name === 'retort.starRun';
      const filter = ({ notes }: SeenRun): boolean => (notes.star === true) !== starred;
      const chosen = await targets.runs(target, selected, { title, filter });
      await change(chosen, ({ star: _, ...notes }) => (starred ? { ...notes, star: true } : notes));
    });
  return [
    star('retort.starRun', t('Star Runs')),
    star('retort.unstarRun', t('Unstar Runs')),
    registerCommand(log, 'retort.renameRun', async (target: unknown) => {
      const run = await targets.run(target, { title: t('Rename Run') });
      const name = await vscode.window.showInputBox({
        title: t('Rename Run'),
        prompt: t('Shown in place of its seed; empty: the seed again'),
        value: run.notes.name ?? '',
        ignoreFocusOut: true,
        validateInput: (text) => (text.trim().length > 200 ? t('At most 200 characters') : undefined),
      });
      if (name === undefined) return;
      await change([run], ({ name: _, ...notes }) =>
        name.trim() === '' ? notes : { ...notes, name: name.trim() },
      );
    }),
    registerCommand(log, 'retort.tagRun', async (target: unknown, selected: unknown) => {
      const chosen = await targets.runs(target, selected, { title: t('Tag Runs') });
      const text = await vscode.window.showInputBox({
        title: t('Tag Runs'),
        prompt: t('Tags, apart by spaces; the filter finds runs by them'),
        value: sharedTags(chosen).join(' '),
        ignoreFocusOut: true,
        validateInput: (value) =>
          tagsIn(value).length > 100 || tagsIn(value).some((tag) => tag.length > 100)
            ? t('At most 100 tags of at most 100 characters')
            : undefined,
      });
      if (text === undefined) return;
      const [before, after] = [sharedTags(chosen), tagsIn(text)];
      await change(chosen, ({ tags = [], ...notes }) => {
        const kept = [...new Set([...tags.filter((tag) => !before.includes(tag)), ...after])];
        return kept.length === 0 ? notes : { ...notes, tags: kept };
      });
    }),
    registerCommand(log, 'retort.editNote', async (target: unknown) => {
      const run = await targets.run(target, { title: t('Note on a Run') });
      await vscode.window.showTextDocument(noteUri(run), { preview: false });
    }),
  ];
}

/** The tags that all have: those that are edited; others stay where they are. */
function sharedTags(runs: readonly SeenRun[]): string[] {
  const [first, ...others] = runs.map(({ notes }) => notes.tags ?? []);
  return (first ?? []).filter((tag) => others.every((tags) => tags.includes(tag)));
}

function tagsIn(text: string): string[] {
  const tags = text.split(/[\s,]+/).map((tag) => tag.replace(/^#+/, ''));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}
