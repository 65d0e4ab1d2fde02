import assert from 'node:assert/strict';
import { formatCount, formatFlops, formatShape } from '../../src/extension/lenses/figures';
import { placeOf } from '../../src/extension/lenses/failures';
import { describeLine, linesOf, tableOf } from '../../src/extension/lenses/inspected';
import { formatInput, parseInput } from '../../src/extension/lenses/model-input';
import type { LayerSummary } from '../../src/protocol/inspector';

const all = { shapes: true, parameters: true, flops: true };

function layer(
  id: string,
  lines: readonly (number | string)[],
  figures: Partial<LayerSummary> = {},
): LayerSummary {
  const places = lines.map((line) =>
    typeof line === 'number'
      ? { file: 'models/net.ts', line, column: 3 }
      : { file: line.split(':')[0]!, line: Number(line.split(':')[1]), column: 1 },
  );
  return { id, className: 'Conv2D', outputShape: [7, 7, 64], parameters: 0, flops: 0, places, ...figures };
}

describe('figures', () => {
  it('have three that count', () => {
    for (const [count, text] of [
      [0, '0'],
      [940, '940'],
      [999, '999'],
      [999.7, '1.0k'],
      [36_864, '36.9k'],
      [99_950, '100k'],
      [999_499, '999k'],
      [999_600, '1.0M'],
      [11_689_512, '11.7M'],
      [3.6e9, '3.6G'],
    ] as const) {
      assert.equal(formatCount(count), text);
    }
    assert.equal(formatFlops(1_806_336), '1.8 MFLOPs');
    assert.equal(formatFlops(128), '128 FLOPs');
    assert.equal(formatShape([7, null, 64]), '7×?×64');
  });
});

describe('hints', () => {
  it('tell shape, parameters and FLOPs of one layer', () => {
    const one = layer('a', [3], { parameters: 36_864, flops: 1_806_336 });
    assert.equal(describeLine([one], all), '⟶ 7×7×64 · 36.9k · 1.8 MFLOPs');
  });

  it('leave out what is nothing and what is switched off', () => {
    assert.equal(describeLine([layer('a', [3], { outputShape: [1024] })], all), '⟶ 1024');
    const one = layer('a', [3], { parameters: 10, flops: 20 });
    assert.equal(describeLine([one], { shapes: false, parameters: true, flops: false }), '⟶ 10');
    assert.equal(describeLine([one], { shapes: false, parameters: false, flops: false }), '');
  });

  it('sum the layers of a loop, and count a layer that is called twice once', () => {
    const layers = [
      layer('a', [3], { outputShape: [28, 28, 16], parameters: 100, flops: 1000 }),
      layer('b', [3], { outputShape: [14, 14, 32], parameters: 200, flops: 2000 }),
      layer('b:1', [3], { parameters: 200, flops: 2000 }),
    ];
    assert.equal(describeLine(layers, all), '⟶ 3 layers, 7×7×64 · 300 · 5.0 kFLOPs');
    assert.equal(describeLine([layer('a', [3]), layer('b', [3])], all), '⟶ 2 layers, 7×7×64');
  });

  it('fit into what VS Code shows of a hint by default, 43 characters', () => {
    const many = Array.from({ length: 24 }, (_, index) =>
      layer(`l${index}`, [3], { outputShape: [14, 14, 256], parameters: 1_123_456, flops: 3.4e7 }),
    );
    assert.ok(describeLine(many, all).length <= 43, describeLine(many, all));
  });

  it('stand on the line that makes the layer and on those that lead there, each once', () => {
    const layers = [
      layer('a', [3, 9]),
      layer('b', [3, 10, 9]),
      layer('c', ['lib/conv.ts:2', 9]),
      layer('d', [5, 5, 12]),
      layer('e', []),
    ];
    const found = linesOf(layers, 'models/net.ts').map(({ line, layers: made, isOwn }) => [
      line,
      made.map(({ id }) => id).join(),
      isOwn,
    ]);
    assert.deepEqual(found, [
      [3, 'a,b', true],
      [5, 'd', true],
      [9, 'a,b,c', false],
      [10, 'b', false],
      [12, 'd', false],
    ]);
    assert.deepEqual(
      linesOf(layers, 'lib/conv.ts').map(({ line, isOwn }) => [line, isOwn]),
      [[2, true]],
    );
  });

  it('list the layers in a table in which names are text', () => {
    const table = tableOf([layer('a|b<img src=x>', [1]), layer('[x](y)', [1], { className: 'A`B' })]);
    assert.match(table, /a\\\|b\\<img src=x\\>/);
    assert.match(table, /\\\[x\\\]\\\(y\\\)/);
    const long = tableOf(
      Array.from({ length: 50 }, (_, index) => layer(`l${index}`, [1])),
      40,
    );
    assert.match(long, /… 10 more/);
    assert.doesNotMatch(long, /l40/);
  });
});

describe('what a builder is called with', () => {
  it('is read as it is written', () => {
    for (const input of [
      { inputShape: [28, 28, 1], classes: 10, args: {} },
      { inputShape: [224, 192, 3], classes: 1000, args: { width: 8, blocks: [1, 2] } },
    ] as const) {
      assert.deepEqual(parseInput(formatInput(input)), input);
    }
  });

  it('is read as people type it', () => {
    const expected = { inputShape: [32, 32, 3], classes: 100, args: {} };
    for (const text of ['32x32x3 100', '32x32x3, 100 classes', ' 32 × 32 × 3 → 100 ', '32*32*3,100'])
      assert.deepEqual(parseInput(text), expected, text);
    assert.deepEqual(parseInput('32x32x3 100 {"width": 2}')?.args, { width: 2 });
  });

  it('is refused where it says less, or nothing that can be', () => {
    for (const text of ['', '28x28', '28x28x1', '0x28x1, 10', '28x28x1, 0', '28x28x1, 10, {width', 'x, 10'])
      assert.equal(parseInput(text), undefined, text);
  });
});

describe('errors of the inspector', () => {
  it('lose the place that they begin with', () => {
    assert.deepEqual(placeOf('models/net.ts:12:5: models/net.ts#net throws: oh: 1:2: no'), {
      file: 'models/net.ts',
      line: 11,
      column: 4,
      message: 'models/net.ts#net throws: oh: 1:2: no',
    });
    assert.equal(placeOf('models\\net.ts:1:1: bad').file, 'models/net.ts');
  });

  it('stay as they are where there is none', () => {
    for (const message of ['models/net.ts#net: no model', 'Building did not finish within 30 s; see 3:4: x'])
      assert.deepEqual(placeOf(message), { message });
  });
});
