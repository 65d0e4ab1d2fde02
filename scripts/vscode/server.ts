import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
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

export interface ServerOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: NodeJS.ProcessEnv;
  /** A packaged extension to install before the start. */
  readonly vsix?: string;
}

/** What would ask, tell or fetch something in the middle of a test. */
const QUIET: Readonly<Record<string, unknown>> = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
};

/** Starts VS Code's own server, which takes an extension from its development folder and runs suites in it. */
export function startDevelopmentServer(
  tools: VSCodeTools,
  options: ServerOptions = {},
): Promise<VSCodeServer> {
  return startServer(tools, options, (folder) => [
    tools.server,
    '--accept-server-license-terms',
    '--without-connection-token',
    '--enable-smoke-test-driver',
    '--disable-telemetry',
    '--host=127.0.0.1',
    '--port=0',
    `--user-data-dir=${folder}`,
    `--server-data-dir=${folder}`,
    `--extensions-dir=${path.join(folder, 'extensions')}`,
  ]);
}

async function startServer(
  tools: VSCodeTools,
  { settings = {}, environment = {} }: ServerOptions,
  argumentsFor: (folder: string) => string[],
): Promise<VSCodeServer> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-vscode-')));
  const userFolder = path.join(folder, 'User');
  fs.mkdirSync(userFolder);
  fs.writeFileSync(
    path.join(userFolder, 'settings.json'),
    JSON.stringify({ ...QUIET, ...settings }, undefined, 2),
  );
  const output = fs.openSync(path.join(folder, 'server.log'), 'w');
  const server = spawn(tools.node, argumentsFor(folder), {
    // A group of its own, so that extension hosts and what they started end with it.
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment },
  });
  fs.closeSync(output);
  const stop = async (): Promise<void> => {
    await endGroup(server);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { authority: await listening(server, path.join(folder, 'server.log')), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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

async function endGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, 'SIGTERM');
  const timer = setTimeout(() => process.kill(-server.pid!, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}
