import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode } from '../../src/common/errors';
import { writeJsonAtomic } from '../../src/common/files';
import type { VSCodeTools } from './tools';

/** Milliseconds that a server has to say where it listens. */
const START_LIMIT = 60_000;

/** A VS Code that serves its workbench on this machine, with nothing in it but what a session brings. */
export interface VSCodeServer {
  /** `127.0.0.1:PORT` */
  readonly authority: string;
  /** Its user's settings, extensions and logs. */
  readonly folder: string;
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, unknown>>;

export interface ServerOptions {
  readonly settings?: Settings;
  readonly environment?: NodeJS.ProcessEnv;
  /** A packaged extension to install before the start; without one, addresses may name a development folder. */
  readonly vsix?: string;
}

/** What would ask, tell or fetch something in the middle of a test. */
const QUIET: Settings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
};

/** Starts VS Code's own server, the one inside code-server. */
export async function startServer(
  tools: VSCodeTools,
  { settings = {}, environment = {}, vsix }: ServerOptions = {},
): Promise<VSCodeServer> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-vscode-')));
  const args = [
    tools.server,
    '--accept-server-license-terms',
    '--disable-telemetry',
    `--user-data-dir=${folder}`,
    `--server-data-dir=${folder}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
  ];
  if (vsix !== undefined) installExtension(tools, args, vsix);
  fs.mkdirSync(path.join(folder, 'User'), { recursive: true });
  writeJsonAtomic(path.join(folder, 'User', 'settings.json'), { ...QUIET, ...settings });
  const log = path.join(folder, 'server.log');
  const output = fs.openSync(log, 'w');
  const listen = ['--host=127.0.0.1', '--port=0', '--without-connection-token'];
  // Without it a built VS Code takes no development folder and no suite.
  const driver = vsix === undefined ? ['--enable-smoke-test-driver'] : [];
  const server = spawn(tools.node, [...args, ...listen, ...driver], {
    // A group of its own, so that extension hosts and what they started end with it.
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment },
  });
  fs.closeSync(output);
  endWithUs(server);
  const stop = async (): Promise<void> => {
    await endGroup(server);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { authority: await listening(server, log), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function installExtension(tools: VSCodeTools, args: readonly string[], vsix: string): void {
  const { status, stdout, stderr } = spawnSync(tools.node, [...args, `--install-extension=${vsix}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${vsix} could not be installed:\n${stdout}${stderr}`);
}

/** Where the server listens, as it says itself: it takes any free port. */
async function listening(server: ChildProcess, log: string): Promise<string> {
  const deadline = Date.now() + START_LIMIT;
  for (;;) {
    const said = fs.readFileSync(log, 'utf8');
    const [, port] = /Extension host agent listening on (\d+)/.exec(said) ?? [];
    if (port !== undefined) return `127.0.0.1:${port}`;
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`VS Code's server did not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** In a group of its own it gets no Ctrl-C. */
function endWithUs(server: ChildProcess): void {
  const end = (signal: NodeJS.Signals): void => {
    kill(server, 'SIGKILL');
    process.removeListener(signal, end);
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  server.once('exit', () => signals.forEach((signal) => process.removeListener(signal, end)));
}

function kill(server: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-server.pid!, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

async function endGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  kill(server, 'SIGTERM');
  const timer = setTimeout(() => kill(server, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}
