import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isReadable } from '../../src/extension/common/seen-run';
import type { Services } from '../../src/extension/services';
import { until } from './until';

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly reason?: string; readonly threadId?: number };
}

interface StackFrame {
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

describe('a run under the debugger of VS Code', () => {
  const disposables: vscode.Disposable[] = [];

  afterEach(async () => {
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    for (const disposable of disposables.splice(0)) disposable.dispose();
  });

  it("holds at a breakpoint in the user's TypeScript, where its line is about to run", async function () {
    this.timeout(180_000);
    const services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.ready;
    const [folder] = vscode.workspace.workspaceFolders!;
    const file = vscode.Uri.joinPath(folder!.uri, 'models/resnet.ts');
    const text = (await vscode.workspace.openTextDocument(file)).getText();
    const line = text.slice(0, text.indexOf('const logits =')).split('\n').length;
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(file, new vscode.Position(line - 1, 0))),
    ]);
    const stopped = new Promise<{ session: vscode.DebugSession; threadId: number }>((resolve) => {
      disposables.push(
        vscode.debug.registerDebugAdapterTrackerFactory('*', {
          createDebugAdapterTracker: (session) => ({
            onDidSendMessage: ({ type, event, body }: Message) => {
              if (type !== 'event' || event !== 'stopped' || body?.reason !== 'breakpoint') return;
              resolve({ session, threadId: body.threadId! });
            },
          }),
        }),
      );
    });
    const done = services.runs.all().find((run) => isReadable(run) && run.seen.state === 'done')!;
    const before = new Set(services.runs.all().map(({ key }) => key));
    await vscode.commands.executeCommand('retort.debugRun', done.key);
    const { session, threadId } = await stopped;
    const stack = (await session.customRequest('stackTrace', { threadId, levels: 2 })) as {
      stackFrames: StackFrame[];
    };
    const [top] = stack.stackFrames;
    // A path on this machine, or a URI where VS Code is on another.
    assert.ok(top!.source?.path?.endsWith(file.path), top!.source?.path);
    assert.equal(top!.line, line);
    assert.match(top!.name, /resnet/);
    await vscode.debug.stopDebugging();
    const made = services.runs.all().find(({ key }) => !before.has(key))!;
    await until('the run to be over', async () => {
      await services.runs.refresh();
      const run = services.runs.get(made.key);
      return run && isReadable(run) && ['interrupted', 'failed', 'stopped'].includes(run.seen.state);
    });
    await vscode.commands.executeCommand('retort.deleteRun', made.key);
  });
});
