import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { asInputError } from '../../common/disk-faults';
import { messageOf } from '../../common/errors';
import { openRun } from '../../runs/folder';
import { readNotes, writeNotes } from '../../runs/notes';
import type { RunFolder } from '../../runs/folder';
import type { SeenRun } from '../common/seen-run';
import type { Services } from '../services';

const SCHEME = 'retort-note';

/** The note on a run as a text document: `retort-note:/…/runs/ID/Note on ID.md`. */
export function noteUri({ key, run }: SeenRun): vscode.Uri {
  const { path: folder } = vscode.Uri.file(key);
  return vscode.Uri.from({ scheme: SCHEME, path: `${folder}/Note on ${run.id}.md` });
}

/** Notes as files, so that they are edited, saved and undone as any other text. */
export class NoteFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  static register({ runs }: Services): vscode.Disposable[] {
    const files = new NoteFiles(() => runs.refresh());
    return [
      files.changed,
      vscode.workspace.registerFileSystemProvider(SCHEME, files, { isCaseSensitive: true }),
      runs.onDidChange(({ changed }) => {
        const type = vscode.FileChangeType.Changed;
        files.changed.fire(changed.map((run) => ({ type, uri: noteUri(run) })));
      }),
    ];
  }

  private constructor(private readonly saved: () => Promise<void>) {}

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const content = await this.readFile(uri);
    const { mtimeMs } = await vscode.workspace.fs.stat(notesFile(uri)).then(
      ({ mtime }) => ({ mtimeMs: mtime }),
      () => ({ mtimeMs: 0 }),
    );
    const file = { type: vscode.FileType.File, ctime: 0, mtime: mtimeMs, size: content.length };
    const folder = vscode.Uri.joinPath(vscode.Uri.file(uri.path), '..').fsPath;
    return (await isWritable(folder)) ? file : { ...file, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { note = '' } = await readNotes(await runOf(uri));
    return Buffer.from(note);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const run = await runOf(uri);
    const { note: _, ...notes } = await readNotes(run);
    const note = Buffer.from(content).toString('utf8');
    try {
      writeNotes(run, note.trim() === '' ? notes : { ...notes, note });
    } catch (error) {
      throw new vscode.FileSystemError(messageOf(asInputError(error)));
    }
    await this.saved();
  }

  watch(): vscode.Disposable {
    // Changes are told as runs change.
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}

function isWritable(folder: string): Promise<boolean> {
  return fs.access(folder, fs.constants.W_OK).then(
    () => true,
    () => false,
  );
}

function notesFile(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(uri.path), '..', 'notes.json');
}

async function runOf(uri: vscode.Uri): Promise<RunFolder> {
  const { fsPath } = vscode.Uri.joinPath(vscode.Uri.file(uri.path), '..');
  try {
    return await openRun(path.resolve(fsPath, '../..'), path.basename(fsPath));
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
