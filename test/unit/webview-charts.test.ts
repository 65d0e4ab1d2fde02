import assert from 'node:assert/strict';
import { align, valueAt } from '../../webview/charts/align';
import { contrast, parseColour, type Rgb, withContrast } from '../../webview/charts/colours';
import type { ChartContent, Series } from '../../webview/charts/content';
import { curve } from '../../webview/charts/curves';
import { drawCharts, type Mark } from '../../webview/charts/drawing';
import { toSvg } from '../../webview/charts/svg';
import { ticksOf, tickTexts } from '../../webview/charts/ticks';
import { rows } from '../page/example';

const line = (key: string, x: number[], y: (number | null)[]): Series => ({
  key,
  label: key,
  colour: '#0000ff',
  stroke: 'solid',
  x,
  y,
});

const chart = (change: Partial<ChartContent>): ChartContent => ({
  id: 'loss',
  title: 'Loss',
  axis: { label: 'step', format: String, whole: true },
  format: (value) => value.toFixed(1),
  isLogarithmic: false,
  series: [],
  levels: [],
  empty: '',
  ...change,
});

const ink = {
  background: '#ffffff',
  foreground: '#000000',
  grid: '#cccccc',
  veil: () => '#eeeeee',
  faint: () => '#dddddd',
};

describe('charts', () => {
  describe('lines on common x values', () => {
    const aligned = align(
      chart({
        series: [line('a', [1, 3, 5], [10, 30, 50]), line('b', [2, 3], [2, -3])],
        levels: [{ key: 'teacher', label: 'teacher', colour: '#000', stroke: 'dashed', y: 93 }],
      }),
    );

    it('has each x once and nothing where a line has no value', () => {
      assert.deepEqual(aligned.x, [1, 2, 3, 5]);
      assert.deepEqual(
        aligned.columns.map(({ y }) => y),
        [
          [10, null, 30, 50],
          [null, 2, -3, null],
          [93, 93, 93, 93],
        ],
      );
    });

    it('reads the last value before a place where a line has none', () => {
      const [a, b] = aligned.columns;
      assert.equal(valueAt(a!, 1), 10);
      assert.equal(valueAt(b!, 3), -3);
      assert.equal(valueAt(b!, 0), null);
    });

    it('is read as it was measured, also where it is drawn smoothed', () => {
      const smoothed = { ...line('a', [1, 2], [10, 12]), raw: [10, 14] };
      const [column] = align(chart({ series: [smoothed] })).columns;
      assert.deepEqual(column!.y, [10, 12]);
      assert.equal(valueAt(column!, 1), 14);
    });

    it('leaves out of a logarithmic chart what has no logarithm', () => {
      const { columns } = align(chart({ isLogarithmic: true, series: [line('b', [2, 3, 4], [2, -3, 0])] }));
      assert.deepEqual(columns[0]!.y, [2, null, null]);
    });
  });

  describe('a column as a line', () => {
    const table = rows('train', [140, 280, 420], {
      loss: (_, step) => (step === 280 ? Number.NaN : step),
    });
    const looks = { key: 'own', label: 'own', colour: '#000', stroke: 'solid' } as const;

    it('stands on the chosen axis and leaves out rows without a value', () => {
      const at = (axis: 'step' | 'epoch' | 'time') => curve(table, 'loss', looks, { axis, smoothing: 0 })?.x;
      assert.deepEqual(at('step'), [140, 420]);
      assert.deepEqual(at('epoch'), [1, 3]);
      assert.deepEqual(at('time'), [13, 39]);
    });

    it('keeps the last of several rows at one place', () => {
      const still = { ...table, seconds: Float64Array.of(5, 5, 5) };
      const drawn = curve(still, 'loss', looks, { axis: 'time', smoothing: 0 });
      assert.deepEqual(drawn?.x, [5]);
      assert.deepEqual(drawn.y, [420]);
    });

    it('is none where the table has no such column or no value', () => {
      assert.equal(curve(table, 'accuracy', looks, { axis: 'step', smoothing: 0 }), undefined);
      assert.equal(curve(undefined, 'loss', looks, { axis: 'step', smoothing: 0 }), undefined);
    });

    it('has beside what is smoothed what was measured', () => {
      const drawn = curve(table, 'loss', looks, { axis: 'step', smoothing: 0.5 });
      assert.deepEqual(drawn?.raw, [140, 420]);
      assert.deepEqual(drawn.y, [140, (0.5 * 140 + 420) / 1.5]);
    });
  });

  describe('ticks', () => {
    it('are round, within the range, and whole where wanted', () => {
      assert.deepEqual(ticksOf(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
      assert.deepEqual(ticksOf(0.1, 0.7, 6), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
      assert.deepEqual(ticksOf(0, 3, 6, { whole: true }), [0, 1, 2, 3]);
      assert.deepEqual(ticksOf(-30, 1000, 5), [0, 200, 400, 600, 800, 1000]);
      assert.deepEqual(ticksOf(0.01, 100, 5, { isLogarithmic: true }), [0.01, 0.1, 1, 10, 100]);
      assert.deepEqual(ticksOf(4, 4, 5), [4]);
    });

    it('say no more than tells them apart', () => {
      const percent = (value: number) => `${value.toFixed(2)} %`;
      assert.deepEqual(tickTexts([80, 90], percent), ['80 %', '90 %']);
      assert.deepEqual(tickTexts([80, 82.5], percent), ['80.0 %', '82.5 %']);
      assert.deepEqual(
        tickTexts([0.001, null], (value) => value.toExponential(1)),
        ['1e-3', ''],
      );
      assert.deepEqual(
        tickTexts([1, 2], () => 'n/a'),
        ['n/a', 'n/a'],
      );
    });
  });

  describe('colours', () => {
    it('have the contrast that WCAG states', () => {
      assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
      // The greys that are known to pass and to fail 4.5 on white.
      assert.equal(contrast([118, 118, 118], [255, 255, 255]).toFixed(2), '4.54');
      assert.equal(contrast([119, 119, 119], [255, 255, 255]).toFixed(2), '4.48');
    });

    it('are read as themes write them', () => {
      assert.deepEqual(parseColour('#1e90ff'), [30, 144, 255]);
      assert.deepEqual(parseColour('#1e90ff80'), [30, 144, 255]);
      assert.deepEqual(parseColour('#fa0'), [255, 170, 0]);
      assert.deepEqual(parseColour('rgba(30, 144, 255, 0.5)'), [30, 144, 255]);
      assert.equal(parseColour('inherit'), undefined);
    });

    it('are drawn towards the text’s colour as far as it takes, and no further', () => {
      const [white, black]: Rgb[] = [
        [255, 255, 255],
        [0, 0, 0],
      ];
      const yellow: Rgb = [255, 204, 0];
      const changed = withContrast(yellow, white!, black!, 4.5);
      assert.ok(contrast(changed, white!) >= 4.5);
      assert.ok(contrast(changed, white!) < 7);
      assert.deepEqual(withContrast([0, 0, 160], white!, black!, 4.5), [0, 0, 160]);
    });
  });

  describe('drawn to a file', () => {
    const paths = (marks: readonly Mark[]): string[] =>
      marks.flatMap((mark) =>
        mark.kind === 'clipped' ? paths(mark.marks) : mark.kind === 'path' ? [mark.d] : [],
      );

    it('puts a line from corner to corner, with a twentieth of room above and below', () => {
      const { marks, width, height } = drawCharts([chart({ series: [line('a', [0, 10], [0, 1])] })], ink);
      const [x1, y1, x2, y2] = /^M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)$/
        .exec(paths(marks).at(-1)!)!
        .slice(1)
        .map(Number);
      const [, left, top, bottom, right] = /^M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)$/
        .exec(paths(marks).find((d) => d.includes('V'))!)!
        .map(Number);
      assert.deepEqual([width, height], [640, 360]);
      assert.deepEqual([x1, x2], [left, right]);
      const unit = (bottom! - top!) / 1.1;
      assert.ok(Math.abs(y1! - (bottom! - 0.05 * unit)) < 0.01);
      assert.ok(Math.abs(y2! - (top! + 0.05 * unit)) < 0.01);
    });

    it('draws a teacher dashed, a baseline dotted, and powers of ten on a logarithmic axis', () => {
      const { marks } = drawCharts(
        [
          chart({
            isLogarithmic: true,
            series: [{ ...line('baseline', [0, 1], [0.02, 5]), stroke: 'dotted' }],
            levels: [{ key: 't', label: 'teacher', colour: '#123456', stroke: 'dashed', y: 0.5 }],
          }),
        ],
        ink,
      );
      const svg = toSvg({ width: 1, height: 1, background: '#fff', marks });
      assert.match(svg, /stroke="#123456" stroke-width="2" stroke-linejoin="round" stroke-dasharray="7 5"/);
      assert.match(svg, /stroke="#0000ff" stroke-width="2" stroke-linejoin="round" stroke-dasharray="2 4"/);
      const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
      for (const tick of ['0.0', '0.1', '1.0', '10.0']) assert.ok(texts.includes(tick), tick);
    });

    it('puts the names of lines into as many rows as they take, and the picture below them', () => {
      const drawn = (count: number) => {
        const series = Array.from({ length: count }, (_, index) => line(`model ${index}`, [0, 1], [0, 1]));
        const { marks } = drawCharts([chart({ series })], ink);
        const [, top] = /^M[\d.]+ ([\d.]+)V/.exec(paths(marks).find((d) => d.includes('V'))!)!.map(Number);
        const names = marks.flatMap((mark) =>
          mark.kind === 'text' && mark.text.startsWith('model') ? [mark] : [],
        );
        return { top: top!, names };
      };
      const [few, many] = [drawn(3), drawn(12)];
      assert.equal(new Set(few.names.map(({ y }) => y)).size, 1);
      assert.equal(many.names.length, 12);
      const rows = [...new Set(many.names.map(({ y }) => y))];
      assert.ok(rows.length > 1);
      assert.equal(many.top - few.top, rows.at(-1)! - rows[0]!);
      for (const y of rows) {
        const places = many.names.filter((name) => name.y === y).map(({ x }) => x);
        for (const [index, x] of places.entries()) {
          // Eight letters of 12 pixels at most, and the next line's mark.
          assert.ok(x + 8 * 12 * 0.56 <= (places[index + 1] ?? 640) - 30, `${x} of ${places.join(' ')}`);
        }
      }
      assert.ok(many.names.every(({ y }) => y < many.top));
    });

    it('writes names of strangers as text', () => {
      const hostile = '</text><script>alert(1)</script>"&\u0000🙂';
      const svg = toSvg(
        drawCharts([chart({ title: hostile, series: [line(hostile, [0, 1], [0, 1])] })], ink),
      );
      assert.doesNotMatch(svg, /<script/);
      assert.ok(!svg.includes('\u0000'));
      assert.ok(svg.includes('&#60;/text&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#38;\ufffd🙂'));
    });

    it('draws nothing but axes where there is no value', () => {
      const { marks } = drawCharts([chart({})], ink);
      assert.doesNotMatch(toSvg({ width: 1, height: 1, background: '', marks }), /NaN|Infinity|undefined/);
    });
  });
});
