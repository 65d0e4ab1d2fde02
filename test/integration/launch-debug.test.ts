import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import * as path from 'node:path';
import { WebSocket } from 'undici';
import { prepareDebug } from '../../src/launch/debug';
import { requestStop } from '../../src/runs/ask';
import { readInfo, type RunFolder } from '../../src/runs/folder';
import { acquireRunLock } from '../../src/runs/run-lock';
import { queueRun } from './run-worker';
import { makeTinyWorkspace, tinyRecipe } from './tiny-workspace';

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL: string;
  readonly endLine: number;
}

interface Paused {
  readonly reason: string;
  readonly data?: { readonly scriptId?: string };
  readonly hitBreakpoints?: readonly string[];
  readonly callFrames: readonly { readonly functionName: string; readonly location: Location }[];
}

/** The debugger's end of Node's inspector protocol. */
class Debugger {
  private readonly messages: { id?: number; method?: string; params?: unknown }[] = [];
  private sent = 0;
  private pauses = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      this.messages.push(JSON.parse(data as string) as (typeof this.messages)[number]);
    });
  }

  static async attach(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Debugger(socket);
  }

  send(method: string, params: object = {}): void {
    this.socket.send(JSON.stringify({ id: (this.sent += 1), method, params }));
  }

  /** The next pause; the one before it must have been left. */
  async paused(): Promise<Paused> {
    const known = this.pauses;
    for (;;) {
      const all = this.messages.filter(({ method }) => method === 'Debugger.paused');
      if (all.length > known) {
        this.pauses += 1;
        return all[known]!.params as Paused;
      }
      await once(this.socket, 'message');
    }
  }

  /** The parameters of an event that has come or will come. */
  async event<T>(method: string, fits: (params: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const found = this.messages.find((message) => message.method === method && fits(message.params as T));
      if (found) return found.params as T;
      await once(this.socket, 'message');
    }
  }

  close(): void {
    this.socket.close();
  }
}

describe('A run under the debugger', function () {
  this.timeout(60_000);
  let workspace: string;
  let run: RunFolder;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    workspace = makeTinyWorkspace();
    const recipe = tinyRecipe(null) as { train: object };
    run = await queueRun(workspace, { ...recipe, train: { ...recipe.train, epochs: 1000 } });
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    fs.rmSync(workspace, { recursive: true, force: true });
  });

  /** Starts the run's worker as Debug Run does, and puts a debugger on it. */
  const startUnderDebugger = async (): Promise<Debugger> => {
    const { runtimeExecutable, program, args, cwd, env } = await prepareDebug(run);
    child = spawn(runtimeExecutable, ['--inspect=127.0.0.1:0', program, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaints = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    while (!/ws:\S+/.test(complaints)) await once(child.stderr!, 'data');
    return Debugger.attach(/ws:\S+/.exec(complaints)![0]);
  };

  it("shows the debugger the user's own TypeScript, and is a run like any", async () => {
    const debug = await startUnderDebugger();
    debug.send('Debugger.enable');
    const script = await debug.event<{ url: string; sourceMapURL: string }>(
      'Debugger.scriptParsed',
      ({ url }) => url.endsWith('bundle.cjs'),
    );
    const encoded = script.sourceMapURL.replace(/^data:application\/json;base64,/, '');
    const { sources } = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { sources: string[] };
    const folder = path.dirname(script.url.replace(/^file:\/\//, ''));
    assert.ok(
      sources.map((source) => path.resolve(folder, source)).includes(path.join(workspace, 'models.ts')),
    );
    debug.close();
    while ((await readInfo(run)).state !== 'running') await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await readInfo(run)).process?.pid, child!.pid);
    await requestStop(run);
    await once(child!, 'exit');
    assert.equal((await readInfo(run)).state, 'stopped');
  });

  it('stops where its source map puts a line of the TypeScript, before that line has run', async () => {
    const debug = await startUnderDebugger();
    debug.send('Debugger.enable');
    // As VS Code's debugger does: it has the time of this pause to set breakpoints by the script's map.
    debug.send('Debugger.setInstrumentationBreakpoint', {
      instrumentation: 'beforeScriptWithSourceMapExecution',
    });
    const models = path.join(workspace, 'models.ts');
    const text = fs.readFileSync(models, 'utf8');
    const line = text.slice(0, text.indexOf('const inputs =')).split('\n').length;
    const bundle = debug.event<Script>('Debugger.scriptParsed', ({ url }) => url.endsWith('bundle.cjs'));
    let script: Script | undefined;
    void bundle.then((parsed) => (script = parsed));
    for (;;) {
      const { reason, data } = await debug.paused();
      if (reason === 'instrumentation' && script !== undefined && data?.scriptId === script.scriptId) break;
      debug.send('Debugger.resume');
    }
    const encoded = script.sourceMapURL.replace(/^data:application\/json;base64,/, '');
    const map = new SourceMap(
      JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as SourceMapPayload,
    );
    const lineOf = ({ lineNumber, columnNumber }: Location): number | undefined => {
      const entry = map.findEntry(lineNumber, columnNumber);
      if (!('originalSource' in entry) || path.resolve(workspace, entry.originalSource) !== models)
        return undefined;
      return entry.originalLine + 1;
    };
    const places = Array.from({ length: script.endLine }, (_, lineNumber) => ({
      scriptId: script!.scriptId,
      lineNumber,
      columnNumber: 2,
    }));
    debug.send('Debugger.setBreakpoint', { location: places.find((place) => lineOf(place) === line)! });
    debug.send('Debugger.resume');
    const { hitBreakpoints, callFrames } = await debug.paused();
    const [top] = callFrames;
    assert.equal(hitBreakpoints?.length, 1);
    assert.deepEqual([top!.functionName, lineOf(top!.location)], ['build', line]);
    debug.close();
  });

  it('is refused while another process holds the run', async () => {
    const lock = await acquireRunLock(run);
    await assert.rejects(prepareDebug(run), { name: 'InputError', message: /is held by process/ });
    lock.release();
  });
});
