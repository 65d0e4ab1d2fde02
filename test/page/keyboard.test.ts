import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { Tab } from '../../src/protocol/panel';
import { predictions, snapshot } from './example';
import { freshPages } from './fresh-pages';
import type { PanelPage } from './panel-page';

/** More presses than any tab has stops. */
const PRESSES = 120;

describe('the panel’s page, by the keyboard alone', () => {
  const fresh = freshPages();
  let panel: PanelPage;
  beforeEach(() => {
    panel = fresh.panel;
  });

  const show = async (tab: Tab): Promise<void> => {
    await panel.send(snapshot({ view: { ...snapshot().view, tab } }));
    await panel.page.getByRole('tab', { selected: true }).focus();
  };
  const press = (key: string): Promise<void> => panel.page.keyboard.press(key);
  /** Presses Tab until the focus is on what is wanted. */
  const reach = async (wanted: Locator): Promise<void> => {
    for (let presses = 0; presses < PRESSES; presses++) {
      await press('Tab');
      if ((await wanted.and(panel.page.locator(':focus')).count()) > 0) return;
    }
    assert.fail(`${PRESSES} presses of Tab do not lead to ${String(wanted)}`);
  };

  for (const tab of ['overview', 'hooks', 'compare'] as const) {
    it(`every chart of the tab ${tab} is reached in order, and says its values`, async () => {
      await show(tab);
      // One without values says so, and has nothing to go through.
      const charts = panel.page.locator('retort-chart').filter({ has: panel.page.locator('.plot') });
      const count = await charts.count();
      assert.ok(count >= 4, String(count));
      for (const chart of await charts.all()) {
        await reach(chart.locator('.plot'));
        await press('End');
        await press('ArrowLeft');
        const said = await chart.locator('[aria-live=polite]').innerText();
        assert.match(said.trim(), /^epoch [\d.]+: .*\d/, await chart.getByRole('heading').innerText());
      }
    });
  }

  it('charts of one name are told apart by the hook that they are of', async () => {
    await show('hooks');
    const names = await panel.page.locator('[data-hook]').getByRole('heading', { level: 2 }).allInnerTexts();
    assert.ok(names.length > 1);
    for (const name of names) {
      await reach(panel.page.getByRole('region', { name, exact: true }).locator('.plot').first());
    }
  });

  it('the results are reached: the table as a whole, and the runs in it', async () => {
    await show('compare');
    await reach(panel.page.getByRole('region', { name: 'Results' }));
    const runs = panel.page.locator('.results button');
    assert.ok((await runs.count()) > 0);
    for (const run of await runs.all()) await reach(run);
    await press('Enter');
    assert.equal((await panel.lastPosted('openRun'))?.type, 'openRun');
  });

  it('the images are one stop, gone through by arrow keys, each said in words', async () => {
    await show('predictions');
    const { worst, classes } = predictions();
    const images = panel.page.locator('.prediction');
    await reach(images.first());
    const said = (place: number): Promise<string | null> => images.nth(place).getAttribute('aria-label');
    const { index, truth, student } = worst[1]!;
    await press('ArrowRight');
    await focusedIs(images.nth(1));
    assert.equal(
      await said(1),
      `image ${index}; truth ${classes[truth]}; student ${classes[student]}, wrong, 2 %; ` +
        `teacher ${classes[truth]}, right, 97 %`,
    );
    const tops = await images.evaluateAll((all) =>
      all.map((each) => (each as unknown as { offsetTop: number }).offsetTop),
    );
    const below = tops.findIndex((top, place) => place > 1 && top > tops[0]! && tops[place - 1] === top);
    await press('ArrowDown');
    await focusedIs(images.nth(below));
    await press('End');
    await focusedIs(images.last());
    await press('ArrowRight');
    await focusedIs(images.last());
    await press('Home');
    await focusedIs(images.first());
    await press('End');
    // Back to where one was, not to the first.
    await press('Tab');
    await press('Shift+Tab');
    await focusedIs(images.last());
  });

  it('the confusion matrix is the next stop, gone through cell by cell, with its classes', async () => {
    await show('predictions');
    await reach(panel.page.locator('[data-cell="0,0"]'));
    await press('End');
    await press('ArrowDown');
    const cell = panel.page.locator('[data-cell="1,9"]');
    await focusedIs(cell);
    assert.equal((await cell.innerText()).trim(), String(Math.round(predictions().confusion![19]!)));
    const grid = panel.page.getByRole('grid', { name: 'Confusion matrix' });
    assert.equal(await grid.getByRole('rowheader').nth(1).innerText(), predictions().classes[1]);
  });

  const focusedIs = async (element: Locator): Promise<void> => {
    await element.and(panel.page.locator(':focus')).waitFor({ timeout: 5000 });
  };
});
