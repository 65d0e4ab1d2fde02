import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import { parseInputShape, parsePositive, parseSeeds } from '../../src/cli/options';
import { selectRun } from '../../src/cli/select-run';
import { createRun } from '../../src/runs/folder';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

describe('arguments of the command line', () => {
  it('reads seeds', () => {
    assert.deepEqual(parseSeeds('0,1, 2'), [0, 1, 2]);
    assert.deepEqual(parseSeeds('7'), [7]);
    for (const wrong of ['', '1,', '1;2', '-1', '0.5', '1,01']) {
      assert.throws(() => parseSeeds(wrong), InvalidArgumentError, wrong);
    }
  });

  it('reads input shapes', () => {
    assert.deepEqual(parseInputShape('28x28x1'), [28, 28, 1]);
    for (const wrong of ['28x28', '0x28x1', '28,28,1', '28x28x1x1']) {
      assert.throws(() => parseInputShape(wrong), InvalidArgumentError, wrong);
    }
  });

  it('reads numbers above 0', () => {
    assert.equal(parsePositive('2.5'), 2.5);
    for (const wrong of ['0', '-1', 'ten', 'Infinity', '']) {
      assert.throws(() => parsePositive(wrong), InvalidArgumentError, wrong);
    }
  });
});

describe('the run that an argument means', () => {
  const retort = temporaryRetortFolder();
  const { folder } = retort;
  const ids: string[] = [];

  before(async () => {
    for (let index = 0; index < 3; index++) ids.push((await createRun(folder, sampleRecipe())).id);
    ids.sort();
  });
  after(() => retort.remove());

  it('is found by its id, a beginning that no other has, or as the last', async () => {
    assert.equal((await selectRun(folder, ids[1]!)).id, ids[1]);
    assert.equal((await selectRun(folder, 'last')).id, ids[2]);
    const unique = [...ids[0]!].findIndex((_, length) => {
      const beginning = ids[0]!.slice(0, length + 1);
      return ids.filter((id) => id.startsWith(beginning)).length === 1;
    });
    assert.equal((await selectRun(folder, ids[0]!.slice(0, unique + 1))).id, ids[0]);
  });

  it('is not guessed', async () => {
    await assert.rejects(selectRun(folder, ids[0]!.slice(0, 8)), /is the beginning of 3 runs/);
    await assert.rejects(selectRun(folder, '../runs'), /There is no run "\.\.\/runs"/);
    await assert.rejects(selectRun(`${folder}-elsewhere`, 'last'), /There are no runs/);
  });
});
