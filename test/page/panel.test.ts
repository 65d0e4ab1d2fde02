import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/protocol/panel';
import {
  cards,
  delta,
  header,
  logLines,
  other,
  own,
  severalTeachers,
  snapshot,
  trainRows,
  validationRows,
} from './example';
import { freshPages } from './fresh-pages';
import type { PanelPage } from './panel-page';

describe('the panel’s page', () => {
  const fresh = freshPages();
  let panel: PanelPage;
  beforeEach(() => {
    panel = fresh.panel;
  });

  const viewed = (change: Partial<Snapshot['view']>): Snapshot =>
    snapshot({ view: { ...snapshot().view, ...change } });

  describe('follows its host', () => {
    it('says that it is ready, and shows that it waits', async () => {
      assert.deepEqual(await panel.posted(), [{ type: 'ready' }]);
      await panel.page.getByText('Opening the run…').waitFor();
    });

    it('keeps the subject, so that it is there after a reload', async () => {
      await panel.send(snapshot());
      assert.deepEqual(await panel.page.evaluate('window.kept'), { kind: 'run', keys: [own.key] });
    });

    it('changes by deltas what they name', async () => {
      await panel.send(snapshot());
      assert.match(await panel.page.locator('.run-state').innerText(), /running\s*·?\s*epoch 7\/10/);
      await panel.send(
        delta(1, { header: header({ state: 'done' }), cards: { ...cards, accuracy: { now: 0.9 } } }),
      );
      assert.match(await panel.page.locator('.run-state').innerText(), /^done/);
      assert.match(await panel.page.locator('[data-card=accuracy]').innerText(), /90\.0 %/);
      assert.match(await panel.page.getByRole('status').innerText(), /^done/);
    });

    it('asks for everything anew when a delta is missing, and shows it', async () => {
      await panel.send(snapshot());
      await panel.say(delta(2));
      await panel.waitForPosted(({ type }, index) => type === 'ready' && index > 0);
      await panel.send(snapshot({ number: 3, header: header({ state: 'stopped' }) }));
      assert.match(await panel.page.locator('.run-state').innerText(), /^stopped/);
    });

    it('ignores what is not of the protocol', async () => {
      await panel.send(snapshot());
      await panel.page.evaluate(`window.postMessage({ type: 'delta', number: 1, header: 5 }, '*')`);
      await panel.send(delta(1));
      assert.match(await panel.page.locator('.run-state').innerText(), /running/);
    });

    it('draws at most four times a second', async () => {
      await panel.send(snapshot());
      await panel.page.evaluate(`
        window.drawings = 0;
        new MutationObserver(() => window.drawings++).observe(document.getElementById('panel'), { attributes: true });
      `);
      const start = performance.now();
      for (let number = 1; number <= 40; number++) {
        await panel.say(delta(number));
      }
      await panel.page.locator('#panel[data-number="40"]').waitFor();
      const drawings = await panel.page.evaluate<number>('window.drawings');
      const seconds = (performance.now() - start) / 1000;
      assert.ok(drawings <= Math.floor(seconds * 4) + 1, `${drawings} drawings in ${seconds} s`);
    });
  });

  describe('says what the person does', () => {
    it('by the header’s buttons and menu', async () => {
      await panel.send(snapshot());
      for (const [action, label] of [
        ['stop', 'Now, after the step at work'],
        ['stopAfterEpoch', 'After this epoch and its evaluation'],
      ] as const) {
        await panel.page.getByRole('button', { name: 'Stop' }).click();
        await panel.page.getByRole('button', { name: label }).click();
        assert.deepEqual(await panel.lastPosted('action'), { type: 'action', action });
      }
      await panel.page.getByRole('button', { name: 'More actions' }).click();
      await panel.page.getByRole('button', { name: 'Show the run’s folder' }).click();
      assert.deepEqual(await panel.lastPosted('action'), { type: 'action', action: 'reveal' });
      assert.equal(await panel.page.locator('#more-actions').isVisible(), false);
    });

    it('by the remedy that a banner offers', async () => {
      const sentence = 'The process ended at epoch 6; resume it from there.';
      await panel.send(
        snapshot({ header: header({ state: 'interrupted', sentence, actions: ['resume', 'openLog'] }) }),
      );
      // What it has trained, not the epoch that it would be in.
      assert.match(await panel.page.locator('.run-state').innerText(), /interrupted\s*·?\s*epoch 6\.2\/10/);
      assert.equal(await panel.page.getByRole('button', { name: 'Resume' }).count(), 1);
      await panel.page.getByRole('button', { name: 'Resume' }).click();
      assert.deepEqual(await panel.lastPosted('action'), { type: 'action', action: 'resume' });
    });

    it('by the tabs, with the keyboard too', async () => {
      await panel.send(snapshot());
      await panel.page.getByRole('tab', { name: 'Overview' }).focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.getByRole('tab', { name: 'Hooks', selected: true }).waitFor();
      assert.equal((await panel.lastPosted('view'))?.view.tab, 'hooks');
      await panel.page.getByRole('heading', { name: 'tat@stage3' }).waitFor();
    });

    it('by axis, smoothing, log scale and overlays', async () => {
      await panel.send(snapshot());
      await panel.page.getByRole('combobox', { name: 'Axis' }).click();
      await panel.page.getByRole('option', { name: 'time' }).click();
      assert.equal((await panel.lastPosted('view'))?.view.axis, 'time');
      await panel.page.getByRole('slider', { name: 'Smooth' }).fill('0.99');
      assert.equal((await panel.lastPosted('view'))?.view.smoothing, 0.99);
      await panel.page.getByRole('checkbox', { name: 'Log scale' }).click();
      assert.equal((await panel.lastPosted('view'))?.view.logScale, true);
      await panel.page.getByRole('button', { name: 'Overlay' }).click();
      await panel.page.getByRole('checkbox', { name: 'kd, seed 3' }).click();
      assert.deepEqual((await panel.lastPosted('view'))?.view.overlays, [other.key, '/work/.retort/runs/x']);
      await panel.page.getByRole('checkbox', { name: 'kd (5)' }).click();
      assert.deepEqual((await panel.lastPosted('view'))?.view.overlays, ['/work/.retort/runs/x']);
    });

    it('opens the run of a column of the results', async () => {
      await panel.send(viewed({ tab: 'compare' }));
      await panel.page.getByRole('button', { name: own.label }).click();
      assert.deepEqual(await panel.lastPosted('openRun'), { type: 'openRun', key: own.key });
    });
  });

  describe('charts', () => {
    const plot = (id: string) => panel.page.locator(`[data-chart=${id}] .plot`);
    const spoken = (id: string) => panel.page.locator(`[data-chart=${id}] [aria-live]`).innerText();

    it('are read with the keyboard alone', async () => {
      await panel.send(viewed({ smoothing: 0 }));
      await plot('accuracy').focus();
      await panel.page.keyboard.press('Home');
      const first = validationRows(6).columns.accuracy!.mean[0]!;
      assert.equal(
        await spoken('accuracy'),
        `epoch 1: this run ${(first * 100).toFixed(1)} %, alone (5) ${((first - 0.03) * 100).toFixed(1)} %, ` +
          `kd (5) ${((first - 0.006) * 100).toFixed(1)} %, teacher 93.0 %`,
      );
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('ArrowRight');
      assert.match(await spoken('accuracy'), /^epoch 3: this run/);
      await panel.page.keyboard.press('ArrowLeft');
      assert.match(await spoken('accuracy'), /^epoch 2: this run/);
      await panel.page.keyboard.press('End');
      assert.match(await spoken('accuracy'), /^epoch 10: this run/);
    });

    it('are tables of the same values', async () => {
      await panel.send(viewed({ smoothing: 0, axis: 'step' }));
      await panel.page.getByRole('button', { name: 'Loss by term, weighted as a table' }).press('Enter');
      const table = panel.page.locator('[data-chart=terms] table');
      assert.deepEqual(await table.locator('thead th').allInnerTexts(), [
        'step',
        'total',
        'task',
        'kd',
        'tat@stage3',
      ]);
      const rows = trainRows(4, 868);
      assert.equal(await table.locator('tbody tr').count(), rows.step.length);
      const last = await table.locator('tbody tr').last().innerText();
      assert.deepEqual(last.trim().split(/\s+/), [
        '868',
        ...['loss', 'term task', 'term kd', 'term tat@stage3'].map((column) =>
          rows.columns[column]!.mean.at(-1)!.toFixed(3),
        ),
      ]);
    });

    it('have further teachers as lines, and those that learn as curves', async () => {
      await panel.send({ ...viewed({ smoothing: 0 }), overlays: [], ...severalTeachers() });
      await plot('accuracy').focus();
      await panel.page.keyboard.press('Home');
      const own = validationRows(6).columns.accuracy!.mean;
      const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
      assert.equal(
        await spoken('accuracy'),
        `epoch 1: this run ${percent(own[0]!)}, peer (learns) 50.0 %, teacher 93.0 %, wide (teacher) 94.5 %, ` +
          'alone (baseline) 83.1 %',
      );
      const legend = panel.page.locator('[data-chart=accuracy] .legend li');
      assert.deepEqual(
        (await legend.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
        [
          `this run ${percent(own[0]!)}`,
          'peer (learns) 50.0 %',
          'teacher 93.0 %',
          'wide (teacher) 94.5 %',
          'alone (baseline) 83.1 %',
        ],
      );
      const marks = await legend
        .locator('line')
        .evaluateAll((lines) =>
          (lines as unknown as PageLine[]).map((line) => [
            line.getAttribute('stroke'),
            line.getAttribute('stroke-dasharray'),
          ]),
        );
      assert.deepEqual(
        marks.map(([, dash]) => dash),
        ['', '7 5', '7 5', '7 5', '2 4'],
      );
      // The run and its teachers are told apart by their colours.
      assert.equal(new Set(marks.slice(0, 4).map(([colour]) => colour)).size, 4);

      await panel.page.getByRole('button', { name: 'Accuracy on validation as a table' }).click();
      const table = panel.page.locator('[data-chart=accuracy] table');
      assert.deepEqual(await table.locator('thead th').allInnerTexts(), [
        'epoch',
        'this run',
        'peer (learns)',
        'teacher',
        'wide (teacher)',
        'alone (baseline)',
      ]);
      assert.deepEqual(await table.locator('tbody td:nth-child(3)').allInnerTexts(), [
        '50.0 %',
        '60.0 %',
        '70.0 %',
        '80.0 %',
        '90.0 %',
        // The sixth evaluation of the peer has not come yet.
        '',
      ]);
      await panel.page.getByRole('button', { name: 'SVG' }).click();
      await panel.waitForPosted((message) => message.type === 'export' && message.format === 'svg');
      const { bytes } = (await panel.lastPosted('export'))!;
      const svg = Buffer.from(Object.values(bytes!)).toString();
      for (const name of ['peer (learns)', 'wide (teacher)']) assert.ok(svg.includes(`>${name}<`), name);
    });

    it('zoom by dragging, ask for finer rows, and show all again by a double click', async () => {
      await panel.send(snapshot({ tables: [{ keep: 0, rows: trainRows(4, 868, 16) }] }));
      const box = (await plot('terms').locator('.u-over').boundingBox())!;
      const y = box.y + box.height / 2;
      await panel.page.mouse.move(box.x + box.width * 0.25, y);
      await panel.page.mouse.down();
      await panel.page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
      await panel.page.mouse.up();
      const asked = (await panel.lastPosted('zoom'))!;
      const [first, last] = [4 / 140, 868 / 140];
      assert.ok(Math.abs(asked.from - (first + 0.25 * (last - first))) < 0.05, String(asked.from));
      assert.ok(Math.abs(asked.to - (first + 0.5 * (last - first))) < 0.05, String(asked.to));

      const fine = trainRows(220, 432);
      await panel.send({ type: 'zoomed', id: asked.id, rows: fine });
      await panel.send(delta(1));
      await panel.page.getByRole('button', { name: 'Loss by term, weighted as a table' }).click();
      const shown = fine.epoch.filter((epoch) => epoch >= asked.from && epoch <= asked.to).length;
      assert.equal(await panel.page.locator('[data-chart=terms] tbody tr').count(), shown);

      await plot('lr').locator('.u-over').dblclick();
      assert.equal(await panel.page.getByRole('button', { name: 'Show all' }).isEnabled(), false);
    });

    it('zoom by the keyboard about the crosshair', async () => {
      await panel.send(snapshot());
      await plot('terms').focus();
      await panel.page.keyboard.press('End');
      await panel.page.keyboard.press('+');
      assert.equal(await panel.page.getByRole('button', { name: 'Show all' }).isEnabled(), true);
      await panel.page.keyboard.press('Home');
      assert.match(await spoken('terms'), /^epoch 3\.1: /);
      await panel.page.keyboard.press('0');
      assert.equal(await panel.page.getByRole('button', { name: 'Show all' }).isEnabled(), false);
    });

    it('keep their place and crosshair while values come', async () => {
      await panel.send(snapshot({ tables: [{ keep: 0, rows: trainRows(4, 868) }] }));
      await plot('terms').focus();
      await panel.page.keyboard.press('Home');
      const before = await plot('terms').boundingBox();
      await panel.page.evaluate(
        'window.plotBefore = document.querySelector("[data-chart=terms] .plot"), undefined',
      );
      await panel.send(delta(1, { tables: [{ keep: 217, rows: trainRows(872, 900) }] }));
      assert.deepEqual(await plot('terms').boundingBox(), before);
      assert.equal(await panel.page.evaluate('window.plotBefore.isConnected'), true);
      assert.match(await panel.page.locator('[data-chart=terms] .chart-place').innerText(), /^epoch 0$/);
    });

    it('are saved as SVG and PNG by the page, and left to the host as CSV', async () => {
      await panel.send(snapshot());
      await panel.page.getByRole('button', { name: 'CSV' }).click();
      assert.deepEqual(await panel.lastPosted('export'), { type: 'export', format: 'csv', name: 'metrics' });
      await panel.page.getByRole('button', { name: 'SVG' }).click();
      await panel.waitForPosted((message) => message.type === 'export' && message.format === 'svg');
      const parsed = await panel.page.evaluate<unknown>(`
        (() => {
          const { bytes } = window.posted.at(-1);
          const page = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'image/svg+xml');
          return [page.documentElement.localName, page.querySelectorAll('parsererror, image, script').length];
        })()`);
      assert.deepEqual(parsed, ['svg', 0]);
      await panel.page.getByRole('button', { name: 'PNG' }).click();
      await panel.waitForPosted((message) => message.type === 'export' && message.format === 'png');
      const size = await panel.page.evaluate(`
        (async () => {
          const picture = await createImageBitmap(new Blob([window.posted.at(-1).bytes], { type: 'image/png' }));
          return [picture.width, picture.height];
        })()`);
      // Eight charts of 640 × 360, two beside each other, two pixels a unit.
      assert.deepEqual(size, [2 * 2 * 640, 2 * 4 * 360]);
    });
  });

  describe('shows what strangers wrote as text', () => {
    it('in names, notes, layers, classes, logs', async () => {
      const hostile = '<img src=x onerror="window.broken = true">';
      const base = snapshot();
      await panel.send({
        ...base,
        header: header({
          name: hostile,
          note: hostile,
          tags: [hostile],
          sentence: hostile,
          warnings: [hostile],
        }),
        hooks: [{ ...base.hooks![0]!, name: hostile }],
        predictions: { ...base.predictions!, classes: base.predictions!.classes.map(() => hostile) },
        log: { skippedBytes: 0, lines: [hostile] },
      });
      for (const tab of ['Hooks', 'Predictions', 'Compare', 'Log']) {
        await panel.page.getByRole('tab', { name: tab }).click();
        assert.equal(await panel.page.locator('img').count(), 0);
      }
      assert.equal((await panel.page.getByText(hostile).count()) > 4, true);
      assert.equal(await panel.page.evaluate('window.broken'), undefined);
    });
  });

  describe('predictions', () => {
    it('are read cell by cell, and set against the baseline’s', async () => {
      await panel.send(viewed({ tab: 'predictions' }));
      await panel.page.locator('[data-cell="0,0"]').focus();
      await panel.page.keyboard.press('ArrowDown');
      await panel.page.keyboard.press('ArrowRight');
      const focused = panel.page.locator('[data-cell]:focus');
      assert.equal(await focused.getAttribute('data-cell'), '1,1');
      assert.equal((await focused.innerText()).trim(), '94');
      await panel.page.getByRole('checkbox', { name: 'Difference to the baseline' }).click();
      assert.equal((await panel.page.locator('[data-cell="1,1"]').innerText()).trim(), '+2');
    });

    it('show each image as its pixels', async () => {
      await panel.send(viewed({ tab: 'predictions' }));
      const pixel = await panel.page
        .locator('.prediction canvas')
        .first()
        .evaluate((canvas) =>
          (canvas as unknown as PageCanvas).getContext('2d').getImageData(14, 14, 1, 1).data.join(),
        );
      const { pixels } = snapshot().predictions!.worst[0]!.picture;
      const grey = pixels[14 * 28 + 14]!;
      assert.equal(pixel, `${grey},${grey},${grey},255`);
    });
  });

  describe('the log', () => {
    const isAtEnd = () =>
      panel.page
        .locator('pre.log')
        .evaluate(
          ({ scrollHeight, scrollTop, clientHeight }: PageBox) => scrollHeight - scrollTop - clientHeight < 2,
        );

    it('follows its end until the person scrolls up', async () => {
      await panel.send(viewed({ tab: 'log' }));
      assert.equal(await isAtEnd(), true);
      await panel.send(delta(1, { log: { skippedBytes: 0, lines: logLines(200) } }));
      assert.equal(await isAtEnd(), true);
      await panel.page.locator('pre.log').press('Home');
      await panel.until(async () => !(await isAtEnd()));
      await panel.send(delta(2, { log: { skippedBytes: 0, lines: logLines(300) } }));
      assert.equal(await isAtEnd(), false);
    });
  });
});

interface PageCanvas {
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: number[] };
  };
}

interface PageLine {
  getAttribute(name: string): string | null;
}

interface PageBox {
  readonly scrollHeight: number;
  readonly scrollTop: number;
  readonly clientHeight: number;
}
