import assert from 'node:assert/strict';
import {
  ago,
  bytes,
  clock,
  count,
  duration,
  flops,
  percent,
  plural,
  pointsWithSpread,
  shape,
  signedPoints,
  significant,
} from '../../src/common/format';
import { facts, table } from '../../src/cli/output/table';

describe('numbers on the command line', () => {
  it('writes fractions in percent', () => {
    assert.equal(percent(0.8637), '86.4 %');
    assert.equal(percent(0.38, 0), '38 %');
    assert.equal(percent(-0.0001), '0.0 %');
    assert.equal(pointsWithSpread(0.831, 0.0103), '83.1 ± 1.0');
    assert.equal(pointsWithSpread(0.93), '93.0');
  });

  it('gives differences their sign', () => {
    assert.equal(signedPoints(0.032, 0.005), '+3.2 ± 0.5');
    assert.equal(signedPoints(-0.014, 0.006), '-1.4 ± 0.6');
    assert.equal(signedPoints(0), '+0.0');
    assert.equal(signedPoints(0.0381), '+3.8');
  });

  it('keeps the digits of a loss that count', () => {
    assert.equal(significant(0.4123), '0.412');
    assert.equal(significant(12.34), '12.3');
    assert.equal(significant(345.6), '346');
    assert.equal(significant(0.0000412), '4.1e-5');
    assert.equal(significant(2_500_000), '2.5e+6');
    assert.equal(significant(0), '0');
    assert.equal(significant(-0.25), '-0.250');
  });

  it('writes times', () => {
    assert.equal(duration(0.4), '0 s');
    assert.equal(duration(59.6), '1 m 0 s');
    assert.equal(duration(130), '2 m 10 s');
    assert.equal(duration(3900), '1 h 5 m');
    assert.equal(duration(2 * 86400 + 3 * 3600), '2 d 3 h');
    assert.equal(clock(40), '0:40');
    assert.equal(clock(90), '1:30');
    assert.equal(clock(3723), '1:02:03');
  });

  it('writes ages', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    assert.equal(ago(new Date('2026-11-22T11:59:30Z'), now), 'just now');
    assert.equal(ago(new Date('2026-11-22T11:48:00Z'), now), '12 min ago');
    assert.equal(ago(new Date('2026-11-22T09:00:00Z'), now), '3 h ago');
    assert.equal(ago(new Date('2026-11-19T12:00:00Z'), now), '3 d ago');
    // Clocks of two hosts may differ.
    assert.equal(ago(new Date('2026-11-22T12:05:00Z'), now), 'just now');
  });

  it('writes sizes in the units that fit', () => {
    assert.equal(bytes(0), '0 B');
    assert.equal(bytes(1023), '1023 B');
    assert.equal(bytes(1024), '1.0 KiB');
    assert.equal(bytes(1024 * 1024 - 1), '1.0 MiB');
    assert.equal(bytes(1.2 * 1024 ** 3), '1.2 GiB');
    assert.equal(flops(1_843_200), '1.8 MFLOPs');
    assert.equal(count(272_474), '272,474');
    assert.equal(plural(1, 'run'), '1 run');
    assert.equal(plural(3, 'run'), '3 runs');
    assert.equal(shape([7, 7, 64]), '7×7×64');
    assert.equal(shape([null, 10]), '?×10');
  });
});

describe('tables on the command line', () => {
  it('aligns columns to their widest cell, without trailing spaces', () => {
    const text = table(
      [{ title: 'group' }, { title: 'accuracy', align: 'right' }, { title: 'note' }],
      [
        ['alone', '83.1', ''],
        ['kd + tat', '6.9', 'best'],
      ],
    );
    assert.equal(
      text,
      ['group      accuracy   note', 'alone          83.1', 'kd + tat        6.9   best'].join('\n'),
    );
  });

  it('counts what a reader sees, not code points', () => {
    const composed = 'e\u0301';
    assert.equal(
      table(
        [{ title: '' }, { title: '' }],
        [
          [composed, 'x'],
          ['ab', 'y'],
        ],
      ),
      `${composed}    x\nab   y`,
    );
  });

  it('leaves out facts that are not known', () => {
    assert.equal(
      facts([
        ['state', 'done'],
        ['commit', undefined],
        ['id', '7'],
      ]),
      'state   done\nid      7',
    );
  });
});
