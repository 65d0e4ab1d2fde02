import assert from 'node:assert/strict';
import { secondsLeft } from '../../src/runs/pace';

describe('time left', () => {
  it('is what the rest takes at the pace so far', () => {
    assert.equal(secondsLeft({ epoch: 1, time: 5000 }, { epoch: 3, time: 9000 }, 10), 14);
    assert.equal(secondsLeft({ epoch: 0.5, time: 0 }, { epoch: 0.75, time: 500 }, 1), 0.5);
    assert.equal(secondsLeft({ epoch: 9, time: 0 }, { epoch: 10, time: 500 }, 10), 0);
  });

  it('is not known without a pace, or after the clock was set back', () => {
    assert.equal(secondsLeft({ epoch: 1, time: 5000 }, { epoch: 1, time: 5000 }, 10), undefined);
    assert.equal(secondsLeft({ epoch: 1, time: 5000 }, { epoch: 2, time: 4000 }, 10), undefined);
  });
});
