import assert from 'node:assert/strict';
import { epochLine, progressLine, resultLine } from '../../src/cli/output/run-lines';
import type { RunInfo, ScoreLine, TrainLine } from '../../src/runs/types';

const train: TrainLine = {
  kind: 'train',
  attempt: 1,
  seq: 40,
  step: 620,
  epoch: 6.2,
  time: 0,
  loss: 0.4119,
  terms: { task: 0.3009, kd: 0.094, tat: 0.017 },
  accuracy: 0.9,
  lr: 0.05,
  imagesPerSecond: 812.3,
  dataWait: 0.01,
};

const validation: ScoreLine = {
  kind: 'validation',
  attempt: 1,
  seq: 41,
  step: 600,
  epoch: 6,
  time: 0,
  loss: 0.5,
  accuracy: 0.859,
};

describe('the lines about a run', () => {
  it('shows progress as the wireframe does', () => {
    assert.equal(
      progressLine({ line: train, epochs: 10, left: 130 }, '▓▓▓░░ 62 %'),
      'epoch  7/10 ▓▓▓░░ 62 %   loss 0.412 (task 0.301 kd 0.094 tat 0.017)   812 img/s   2 m 10 s left',
    );
  });

  it('drops what matters less on a narrow terminal', () => {
    const moment = { line: train, epochs: 10, left: 130 };
    assert.equal(
      progressLine(moment, '▓▓▓░░ 62 %', 80),
      'epoch  7/10 ▓▓▓░░ 62 %   loss 0.412   812 img/s   2 m 10 s left',
    );
    assert.equal(
      progressLine(moment, '▓▓▓░░ 62 %', 60),
      'epoch  7/10 ▓▓▓░░ 62 %   loss 0.412   2 m 10 s left',
    );
  });

  it('does not count epochs beyond the last, nor name the one term there is', () => {
    const line = { ...train, epoch: 10, terms: { task: 0.4119 } };
    assert.equal(
      progressLine({ line, epochs: 10, left: undefined }, ''),
      'epoch 10/10    loss 0.412   812 img/s',
    );
  });

  it('shows an epoch as the wireframe does', () => {
    assert.equal(
      epochLine({
        line: validation,
        epochs: 10,
        loss: 0.4331,
        best: { epoch: 5, accuracy: 0.8641 },
        gap: 0.283,
      }),
      'epoch  6/10   loss 0.433   validation 85.9 %   best 86.4 % (5)   gap recovered 28 %',
    );
  });

  it('keeps the gap to itself while the student is below the baseline', () => {
    const best = { epoch: 6, accuracy: 0.859 };
    assert.equal(
      epochLine({ line: validation, epochs: 6, loss: 0.5, best, gap: -3.77 }),
      'epoch 6/6   loss 0.500   validation 85.9 %   best 85.9 % (6)',
    );
  });

  it('says when a loss is not finite', () => {
    const result = {
      line: validation,
      epochs: 6,
      loss: null,
      best: { epoch: 6, accuracy: 0.859 },
      gap: undefined,
    };
    assert.equal(epochLine(result), 'epoch 6/6   loss not finite   validation 85.9 %   best 85.9 % (6)');
  });

  it('sums up a run, with the teacher on the same split', () => {
    const score = (accuracy: number) => ({ accuracy, loss: 0.3, samples: 100 });
    const info: RunInfo = {
      version: 1,
      id: '20261122-101500-k3f9',
      state: 'done',
      attempt: 1,
      createdAt: '2026-11-22T10:15:00Z',
      seconds: 110,
      teacher: { validation: score(0.934), test: score(0.93) },
      best: { step: 500, epoch: 5, validation: score(0.864) },
      test: score(0.869),
    };
    assert.equal(
      resultLine(info, 0.38),
      'test 86.9 %   best validation 86.4 % (epoch 5)   gap recovered 38 %   teacher 93.0 %   in 1 m 50 s',
    );
    const untested = { ...info };
    delete untested.test;
    assert.equal(
      resultLine(untested, undefined),
      'best validation 86.4 % (epoch 5)   teacher 93.4 %   in 1 m 50 s',
    );
  });
});
