import type { FileHandle } from 'node:fs/promises';
import * as vscode from 'vscode';
import { openInside } from '../../runs/inside';
import type { SeenRun } from '../common/seen-run';
import type { Services } from '../services';

const SCHEME = 'retort-log';
/** Of a longer log only the end is shown, in bytes. */
const SHOWN = 4 << 20;
const INTERVAL = 1000;
const NO_LOG = 'none';

export function logUri({ key, run }: SeenRun): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${run.id}.log`, query: key });
}

/** The logs of runs as read-only documents that follow, also to the end where the end is what is looked at. */
export class LogDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly stamps = new Map<string, string>();
  private readonly timer = setInterval(() => void this.follow(), INTERVAL);
  private readonly disposables = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.stamps.delete(uri.toString())),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.uri.scheme === SCHEME && contentChanges.length > 0) revealEnd(document);
    }),
  ];

  constructor(private readonly services: Services) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const run = await this.find(uri);
    if (run === undefined) return vscode.l10n.t('This run is not there any more.');
    const { text, stamp } = await readLog(run);
    this.stamps.set(uri.toString(), stamp);
    return text;
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async follow(): Promise<void> {
    for (const { uri, isClosed } of vscode.workspace.textDocuments) {
      if (uri.scheme !== SCHEME || isClosed) continue;
      const run = await this.find(uri);
      if (run !== undefined && (await stampOf(run)) !== this.stamps.get(uri.toString()))
        this.changed.fire(uri);
    }
  }

  /** The query is a run's folder; only runs of the workspace are read, whoever made the link. */
  private async find(uri: vscode.Uri): Promise<SeenRun | undefined> {
    await this.services.runs.ready;
    return this.services.runs.get(uri.query);
  }
}

interface OpenLog {
  readonly handle: FileHandle;
  readonly size: number;
  /** Changes whenever there is more to read. */
  readonly stamp: string;
}

async function readLog(run: SeenRun): Promise<{ text: string; stamp: string }> {
  const read = await withLog(run, async ({ handle, size, stamp }) => {
    const start = Math.max(0, size - SHOWN);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return { text: start === 0 ? text : text.slice(text.indexOf('\n') + 1), stamp };
  });
  return read ?? { text: vscode.l10n.t('The run has not written anything yet.'), stamp: NO_LOG };
}

async function stampOf(run: SeenRun): Promise<string> {
  return (await withLog(run, ({ stamp }) => stamp)) ?? NO_LOG;
}

/** What the worker says; where it never came to say something, what its process has printed. */
async function withLog<T>(run: SeenRun, work: (log: OpenLog) => T): Promise<Awaited<T> | undefined> {
  for (const name of ['log.txt', 'output.txt']) {
    const handle = await openInside(run.run.folder, name).catch(() => undefined);
    if (handle === undefined) continue;
    try {
      const { size } = await handle.stat();
      if (size > 0) return await work({ handle, size, stamp: `${name} ${size}` });
    } finally {
      await handle.close();
    }
  }
  return undefined;
}

/** Where the cursor is at the end, as `tail -f` does; who has scrolled up reads on in peace. */
function revealEnd(document: vscode.TextDocument): void {
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document !== document) continue;
    const seen = editor.visibleRanges.at(-1)?.end.line ?? 0;
    const last = document.lineCount - 1;
    // New lines come in bunches; a screenful above the end still counts as being there.
    if (last - seen < 40) editor.revealRange(document.lineAt(last).range);
  }
}
