import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../scripts/vscode/browser';
import { setUpTools } from '../../scripts/vscode/tools';
import { packageRoot } from '../../src/common/files';
import type { Snapshot } from '../../src/protocol/panel';
import type { Action, Cards } from '../../src/protocol/panel-sections';
import { type Theme, themes } from '../e2e/themes';
import { baseline, header, overlays, own, severalTeachers, snapshot } from './example';
import { PanelPage, servePanel } from './panel-page';

/** Pictures of every state in every theme are kept here for people to look at. */
const PICTURES = path.join(packageRoot(), 'test-results', 'page');

const noCards: Cards = {
  accuracy: {},
  gap: { split: 'validation', why: 'There is no baseline yet; train the student alone.' },
  against: { split: 'validation', why: 'There is no baseline yet; train the student alone.' },
  speed: {},
  device: {},
};
const view = (change: Partial<Snapshot['view']>): Partial<Snapshot> => ({
  view: { ...snapshot().view, ...change },
});
const nothingYet: Partial<Snapshot> = { tables: [], overlays: [], references: {}, cards: noCards };
const ended = (
  state: 'stopped' | 'failed' | 'interrupted' | 'gone',
  sentence: string,
  actions: Action[],
): Partial<Snapshot> => {
  const { secondsLeft: _, ...rest } = header({ state, sentence, actions });
  return { header: rest };
};

const states: Record<string, Partial<Snapshot>> = {
  overview: {},
  'overview-log-scale': view({ logScale: true, axis: 'time', smoothing: 0 }),
  'several-teachers': severalTeachers(),
  hooks: view({ tab: 'hooks' }),
  predictions: view({ tab: 'predictions' }),
  compare: view({ tab: 'compare' }),
  log: view({ tab: 'log' }),
  reading: { ...nothingYet, reading: true },
  queued: {
    ...nothingYet,
    header: {
      id: 'x',
      experiment: own.experiment,
      variant: 'kd',
      seed: 0,
      star: false,
      tags: [],
      warnings: [],
      state: 'queued',
      sentence: 'Waits for cpu: second in the queue.',
      actions: ['stop', 'openRecipe'],
    },
  },
  interrupted: ended('interrupted', 'The process ended at epoch 6; resume it from there.', [
    'resume',
    'openLog',
    'openRecipe',
  ]),
  failed: ended('failed', 'The loss is not a number since step 412; lower the learning rate.', [
    'resume',
    'openLog',
    'openRecipe',
  ]),
  damaged: {
    header: header({
      warnings: ['3 lines of metrics.jsonl cannot be read; they are left out.', 'The baseline has one seed.'],
      star: true,
      name: 'The one for the paper',
      tags: ['paper'],
      note: 'With the longer warm-up.',
    }),
  },
  deleted: ended('gone', 'This run was deleted; it lies in the workspace’s trash.', ['restore', 'close']),
  gone: {
    ...ended('gone', 'The run’s folder is gone: it was moved or removed.', ['close']),
    tables: [],
    overlays: [],
    cards: undefined as never,
  },
  unreadable: {
    ...nothingYet,
    header: {
      ...header({ state: 'unreadable', sentence: 'run.json is damaged.', actions: ['reveal'] }),
      ...{ progress: undefined as never, secondsLeft: undefined as never },
    },
    cards: undefined as never,
  },
  'no-predictions': {
    ...view({ tab: 'predictions' }),
    predictions: { why: 'Predictions come with the first evaluation.', classes: [], worst: [] },
  },
  'no-hooks': { ...view({ tab: 'hooks' }), hooks: [] },
  comparison: {
    ...view({ tab: 'compare' }),
    subject: { kind: 'comparison', keys: [own.key, baseline.key] },
    header: undefined as never,
    cards: undefined as never,
    tables: [],
    overlays: overlays().map((overlay) => ({ ...overlay, role: 'compared' })),
  },
};

describe('the panel’s page in every state', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePanel>>;

  before(async () => {
    browser = await openBrowser(await setUpTools());
    server = await servePanel();
    fs.mkdirSync(PICTURES, { recursive: true });
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`passes axe and its security policy in the theme ${theme}`, async () => {
      const panel = await PanelPage.open(browser, server.address, { theme });
      for (const [number, [name, change]] of Object.entries(states).entries()) {
        await panel.send(withoutUndefined(snapshot({ number, ...change })));
        await panel.page.screenshot({ path: path.join(PICTURES, `${name}-${theme}.png`), fullPage: true });
        // Only the contrast depends on the theme.
        assert.deepEqual(await panel.faults(theme === 'dark' ? undefined : ['color-contrast']), [], name);
      }
      await panel.page.close();
    });
  }

  it('has no bar of progress where none will ever be known', async () => {
    const panel = await PanelPage.open(browser, server.address, { theme: 'hc' });
    const progress = panel.page.getByRole('progressbar', { name: 'Progress of the training' });
    await panel.send(withoutUndefined(snapshot({ number: 0, ...states.queued })));
    assert.equal(await progress.count(), 1);
    await panel.send(withoutUndefined(snapshot({ number: 1, ...states.unreadable })));
    assert.equal(await progress.count(), 0);
    await panel.page.close();
  });

  it('passes axe before the host’s first word', async () => {
    const panel = await PanelPage.open(browser, server.address);
    assert.deepEqual(await panel.faults(), []);
    await panel.page.close();
  });

  it('passes axe with a menu, a table, a crosshair and the list of overlays open', async () => {
    const panel = await PanelPage.open(browser, server.address);
    await panel.send(snapshot());
    await panel.page.getByRole('button', { name: 'Accuracy on validation as a table' }).click();
    await panel.page.locator('[data-chart=terms] .plot').press('Home');
    await panel.page.getByRole('button', { name: 'More actions' }).click();
    assert.deepEqual(await panel.faults(), []);
    await panel.page.keyboard.press('Escape');
    await panel.page.getByRole('button', { name: 'Stop' }).click();
    await panel.page.screenshot({ path: path.join(PICTURES, 'menu-dark.png') });
    assert.deepEqual(await panel.faults(), []);
    await panel.page.keyboard.press('Escape');
    await panel.page.getByRole('button', { name: 'Overlay' }).click();
    assert.deepEqual(await panel.faults(), []);
    await panel.page.close();
  });

  it('has one column, and no sideways scrolling, beside an editor', async () => {
    const panel = await PanelPage.open(browser, server.address, { width: 460 });
    for (const name of ['overview', 'hooks', 'predictions', 'compare', 'failed'] as const) {
      await panel.send(withoutUndefined(snapshot(states[name])));
      await panel.page.screenshot({ path: path.join(PICTURES, `${name}-narrow.png`), fullPage: true });
      const width = await panel.page.evaluate('document.documentElement.scrollWidth');
      assert.ok((width as number) <= 460, `${name} is ${String(width)} wide`);
    }
    await panel.page.close();
  });

  it('shows the focus in high contrast by a line of two pixels', async () => {
    const panel = await PanelPage.open(browser, server.address, { theme: 'hc' });
    await panel.send(snapshot());
    await panel.page.keyboard.press('Tab');
    await panel.page.locator('[data-chart=terms] .plot').focus();
    const width = await panel.page
      .locator('[data-chart=terms] .plot')
      .evaluate((element) => (globalThis as never as PageWindow).getComputedStyle(element).outlineWidth);
    assert.equal(width, '2px');
    await panel.page.close();
  });
});

interface PageWindow {
  getComputedStyle(element: unknown): { readonly outlineWidth: string };
}

function withoutUndefined(message: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) as Snapshot;
}
