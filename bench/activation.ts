/**
 * How long the packaged extension takes to activate as a window opens: what VS Code itself counts, in the real VS
 * Code with nothing else installed. Writes bench/results/activation.md.
 *
 *   npm run package && npx tsx bench/activation.ts retort-*.vsix
 *
 * With several packages each start of one is followed by one of the next, so that they meet the same machine.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { newPage, openBrowser, workbenchAddress } from '../scripts/vscode/browser';
import { startServer, type VSCodeServer } from '../scripts/vscode/server';
import { setUpTools, type VSCodeTools } from '../scripts/vscode/tools';
import { packageRoot } from '../src/common/files';
import { Workbench } from '../test/e2e/workbench';
import { makeSampleWorkspace, removeWorkspace } from '../test/extension/sample-workspace';

const STARTS = 9;

/** Milliseconds: as VS Code tells them, and what the extension host's main thread worked meanwhile. */
interface Times {
  readonly load: number;
  readonly call: number;
  readonly work: number;
}

/**
 * Put in the place of the extension's bundle: writes down how long the processor works to load and to activate it,
 * which counts no waiting for a core. Linux alone tells it of one thread.
 */
const METER = `
  const fs = require('node:fs');
  const work = () => Number(fs.readFileSync('/proc/self/task/' + process.pid + '/schedstat', 'utf8').split(' ')[0]) / 1e6;
  const start = work();
  const { activate } = require('./metered.js');
  const loaded = work();
  exports.activate = (context) => {
    const called = work();
    const services = activate(context);
    fs.writeFileSync(__dirname + '/work', String(loaded - start + work() - called));
    return services;
  };
`;

async function main(packages: readonly string[]): Promise<void> {
  if (packages.length === 0) throw new Error('Name a package: npm run package makes one');
  const tools = await setUpTools();
  const folder = await makeSampleWorkspace();
  const measured = packages.map((): Times[] => []);
  const loads: number[] = [];
  try {
    for (let start = 0; start < STARTS; start++) {
      for (const [index, vsix] of packages.entries()) {
        loads.push(os.loadavg()[0]!);
        const times = await measure(tools, vsix, folder);
        console.log(path.basename(vsix), times, `load ${loads.at(-1)!.toFixed(1)}`);
        measured[index]!.push(times);
      }
    }
  } finally {
    await removeWorkspace(folder);
  }
  const rows = packages.map((vsix, index) => row(path.basename(vsix), measured[index]!));
  fs.writeFileSync(
    path.join(packageRoot(), 'bench/results/activation.md'),
    describe(rows, versionOf(tools), median(loads)),
  );
}

/** One start of everything: a server, a browser, a window on a project with recipes and runs. */
async function measure(tools: VSCodeTools, vsix: string, folder: string): Promise<Times> {
  const server = await startServer(tools, { vsix: path.resolve(vsix) });
  const dist = installedDist(server);
  fs.renameSync(path.join(dist, 'extension.js'), path.join(dist, 'metered.js'));
  fs.writeFileSync(path.join(dist, 'extension.js'), METER);
  const browser = await openBrowser(tools);
  try {
    const page = await newPage(browser);
    // What VS Code writes about the start is drawn as far as it is in sight.
    await page.setViewportSize({ width: 1600, height: 6000 });
    const workbench = new Workbench(page);
    await workbench.open(workbenchAddress(server, { opened: folder }));
    // Rows of the runs: it has activated.
    await workbench.showSideBar('Retort');
    await workbench.tree('Experiments').first().waitFor();
    return {
      ...(await readTimes(workbench, page)),
      work: Number(fs.readFileSync(path.join(dist, 'work'), 'utf8')),
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}

function installedDist({ folder }: VSCodeServer): string {
  const extensions = path.join(folder, 'extensions');
  const name = fs.readdirSync(extensions).find((entry) => entry.startsWith('retort.retort'))!;
  return path.join(extensions, name, 'dist');
}

/** Reads the row about this extension in what VS Code writes about its start: | extension | eager | load | call | */
async function readTimes(workbench: Workbench, page: Page): Promise<Omit<Times, 'work'>> {
  await workbench.command('Developer: Startup Performance');
  const line = page.locator('.view-line').filter({ hasText: 'retort.retort' }).first();
  await line.waitFor();
  const cells = (await line.innerText()).replaceAll('\u00a0', ' ').split('|');
  const [load, call] = cells.slice(3, 5).map(Number);
  if (load === undefined || call === undefined || !Number.isFinite(load + call)) {
    throw new Error(`VS Code tells no times: ${cells.join('|')}`);
  }
  return { load, call };
}

function versionOf({ server }: VSCodeTools): string {
  const manifest = path.join(path.dirname(server), '../package.json');
  return (JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function row(name: string, times: readonly Times[]): string {
  const cell = (of: (one: Times) => number): string => {
    const values = times.map(of);
    const figures = [median(values), Math.min(...values), Math.max(...values)].map(Math.round);
    return `${figures[0]} (${figures[1]}–${figures[2]})`;
  };
  const cells = [
    ({ load, call }: Times) => load + call,
    ({ load }: Times) => load,
    ({ call }: Times) => call,
  ];
  return `| ${[name, ...cells.map(cell), cell(({ work }) => work)].join(' | ')} |`;
}

function describe(rows: readonly string[], version: string, load: number): string {
  return `# Activation

What VS Code counts in a window that opens on a project with recipes and six runs, with the package installed and every process started anew: as its "Show Running Extensions" adds it up, of loading the code and calling \`activate\`; and what the extension host's thread worked meanwhile, without its waits for a core that others want. Milliseconds, median (range) of ${STARTS} starts; target: under 100.

- Command: \`npm run package && npx tsx bench/activation.ts retort-*.vsix\`
- Machine: ${os.cpus().length} x ${os.cpus()[0]?.model.trim()}, ${(os.totalmem() / 1024 ** 3).toFixed(0)} GiB, ${os.platform()} ${os.arch()}, shared by VS Code's server, the extension host and the browser; VS Code ${version} in code-server; median of the one-minute load while measuring ${load.toFixed(1)}

| package | activation | loading the code | calling \`activate\` | processor time of both |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
