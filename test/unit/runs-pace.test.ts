import assert from 'node:assert/strict';
import { Pace } from '../../src/runs/pace';

function paceAfter(...lines: Parameters<Pace['add']>[0][]): number | undefined {
  const pace = new Pace();
  for (const line of lines) pace.add(line);
  return pace.secondsPerEpoch;
}

describe('the pace of a training', () => {
  it('is that between its first and its last line', () => {
    assert.equal(paceAfter({ epoch: 1, time: 5000 }, { epoch: 3, time: 9000 }), 2);
    assert.equal(paceAfter({ epoch: 0.5, time: 0 }, { epoch: 0.75, time: 900 }, { epoch: 1, time: 1000 }), 2);
  });

  it('is not known from one line, or after the clock was set back', () => {
    assert.equal(paceAfter({ epoch: 1, time: 5000 }), undefined);
    assert.equal(paceAfter({ epoch: 1, time: 5000 }, { epoch: 1, time: 5000 }), undefined);
    assert.equal(paceAfter({ epoch: 1, time: 5000 }, { epoch: 2, time: 4000 }), undefined);
  });

  it('is that of the current stage, and until it has one that of the stage before', () => {
    const fast = [
      { stage: 0, epoch: 1, time: 1000 },
      { stage: 0, epoch: 2, time: 2000 },
    ];
    const slow = { stage: 1, epoch: 2.5, time: 12_000 };
    assert.equal(paceAfter(...fast, slow), 1);
    assert.equal(paceAfter(...fast, slow, { stage: 1, epoch: 3, time: 22_000 }), 20);
  });
});
