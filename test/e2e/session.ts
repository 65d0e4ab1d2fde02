import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { newPage, openBrowser, workbenchAddress } from '../../scripts/vscode/browser';
import { startServer, type VSCodeServer } from '../../scripts/vscode/server';
import { setUpTools } from '../../scripts/vscode/tools';
import { packageRoot } from '../../src/common/files';
import { retortHome } from '../../src/common/home';
import { removeWorkspace } from '../extension/sample-workspace';
import { accessibilityFindings } from './accessibility';
import { Panel } from './panel';
import { changeTheme, type Theme, themes } from './themes';
import { Workbench } from './workbench';

const PICTURE_THEMES: readonly Theme[] = ['light', 'dark', 'hc'];

export interface SessionOptions {
  /** Whether folders have to be trusted first, as they have in a VS Code that nobody has set otherwise. */
  readonly asksForTrust?: boolean;
}

/**
 * Makes a suite the steps of one person in one VS Code: after one that fails, and fails again, the rest means nothing.
 * What was on the screen then is kept.
 */
export function inSession(
  suite: Mocha.Suite,
  scenario: string,
  begin: (this: Mocha.Context, session: Session) => unknown,
  options?: SessionOptions,
): void {
  suite.bail(true);
  suite.retries(1);
  suite.timeout(300_000);
  let session: Session | undefined;
  before(async function () {
    session = await Session.start(scenario, options);
    await begin.call(this, session);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session?.shootFailure(this.currentTest.title);
  });
  after(() => session?.end());
}

/** One scenario's VS Code with the packaged extension, and where its pictures go. */
export class Session {
  private steps = 0;
  private readonly undoings: (() => void)[] = [];
  readonly panel: Panel;
  /** The folder or `.code-workspace` that is open; none in an empty window. */
  opened: string | undefined;
  /** The same folder where it can be written to, if it cannot where it is open. */
  writable: string | undefined;

  private constructor(
    /** A place of the scenario's own, removed at its end with the projects in it, whose runs are ended. */
    readonly place: string,
    readonly workbench: Workbench,
    readonly page: Page,
    private readonly server: VSCodeServer,
    private readonly browser: Browser,
    private readonly pictures: string,
  ) {
    this.panel = new Panel(workbench);
  }

  static async start(scenario: string, { asksForTrust = false }: SessionOptions = {}): Promise<Session> {
    const tools = await setUpTools();
    const pictures = path.join(packageRoot(), 'test-results', 'e2e', scenario);
    fs.rmSync(pictures, { recursive: true, force: true });
    fs.mkdirSync(pictures, { recursive: true });
    const place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-e2e-')));
    const server = await startServer(tools, {
      vsix: packageOnce(),
      environment: { RETORT_HOME: makeHome(place) },
      settings: {
        'workbench.colorTheme': themes.dark.id,
        'files.simpleDialog.enable': true,
        'security.workspace.trust.enabled': asksForTrust,
        'security.workspace.trust.startupPrompt': 'never',
      },
    });
    const browser = await openBrowser(tools);
    const page = await newPage(browser);
    return new Session(place, new Workbench(page), page, server, browser, pictures);
  }

  /** Retort's home in this session. */
  get home(): string {
    return homeIn(this.place);
  }

  /** Opens a folder or a `.code-workspace`; without one, an empty window. */
  async open(opened?: string): Promise<void> {
    this.opened = opened;
    await this.workbench.open(workbenchAddress(this.server, { opened }));
  }

  /** Has something undone at the end, before the scenario's place is removed. */
  atEnd(undo: () => void): void {
    this.undoings.push(undo);
  }

  /** Takes a picture of a step in light, dark and high contrast; a window without a folder only in dark. */
  async shoot(name: string): Promise<void> {
    await this.workbench.hideNotifications();
    // Nothing under the pointer, and nothing on its way.
    await this.page.mouse.move(700, 895);
    await this.workbench.statusItem('Activating Extensions').waitFor({ state: 'hidden' });
    const number = String(++this.steps).padStart(2, '0');
    const file = (theme: Theme): string => path.join(this.pictures, `${number}-${name}-${theme}.png`);
    if (this.opened === undefined) {
      await this.page.screenshot({ path: file('dark') });
      return;
    }
    for (const theme of PICTURE_THEMES) {
      await this.changeTheme(theme);
      await this.page.screenshot({ path: file(theme) });
    }
  }

  /** Takes a picture of a step, and lets axe look at the panel in light and high contrast. */
  async shootPanel(name: string): Promise<void> {
    await this.shoot(name);
    for (const theme of ['hc', 'light', 'dark'] as const) {
      await this.changeTheme(theme);
      assert.deepEqual(await accessibilityFindings(this.page), [], `axe, ${name}, ${theme}`);
    }
  }

  /** Agrees to fetch a helper program, which the first use of a fresh home asks. */
  async consent(program: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: `Retort needs ${program}` });
    await dialog.waitFor();
    await this.shoot('consent');
    await dialog.getByRole('button', { name: 'Fetch' }).click();
  }

  /** What was on the screen when a test failed, and what has been told. */
  async shootFailure(title: string): Promise<void> {
    const name = path.join(this.pictures, `failed-${title.replaceAll(/\W+/g, '-')}`);
    await this.page.screenshot({ path: `${name}.png` });
    await this.workbench.command('Notifications: Show Notifications').catch(() => undefined);
    await this.page.screenshot({ path: `${name}-told.png` });
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    for (const undo of this.undoings) undo();
    for (const name of fs.readdirSync(this.place)) await removeWorkspace(path.join(this.place, name));
    fs.rmSync(this.place, { recursive: true, force: true });
  }

  private changeTheme(theme: Theme): Promise<void> {
    return changeTheme(this.page, (this.writable ?? this.opened)!, theme);
  }
}

function homeIn(place: string): string {
  return path.join(place, 'home');
}

/** A fresh home that shares what is large with the machine's: its queue and helper programs are the scenario's own. */
function makeHome(place: string): string {
  const home = homeIn(place);
  fs.mkdirSync(home, { mode: 0o700 });
  for (const shared of ['backends', 'datasets']) {
    const folder = path.join(retortHome(), shared);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.symlinkSync(folder, path.join(home, shared));
  }
  return home;
}

let made: string | undefined;

/** The packaged extension, made once for all scenarios; `RETORT_VSIX` names one that is there. */
function packageOnce(): string {
  if (process.env.RETORT_VSIX) return path.resolve(process.env.RETORT_VSIX);
  if (made !== undefined) return made;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-vsix-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const { status, stderr } = spawnSync('npx', ['tsx', 'scripts/package.ts', '--out', folder], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The extension could not be packaged:\n${stderr}`);
  made = path.join(folder, fs.readdirSync(folder)[0]!);
  return made;
}
