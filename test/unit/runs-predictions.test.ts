import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createRun, type RunFolder } from '../../src/runs/folder';
import {
  confusionMatrix,
  type Predictions,
  readPredictions,
  writePredictions,
} from '../../src/runs/predictions';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

describe('predictions', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
  });
  afterEach(() => retort.remove());

  const student: Predictions = {
    step: 10,
    epoch: 1,
    classNames: ['cat', 'dog', '<b>owl</b>'],
    sampleIds: [7, 3, 5, 0],
    truth: [0, 1, 1, 2],
    predicted: [0, 2, 1, 1],
    probability: [0.5, 0.125, 1, 0],
    pictures: [
      { sample: 3, width: 2, height: 1, channels: 3, pixels: Uint8Array.of(0, 1, 2, 253, 254, 255) },
      { sample: 1, width: 2, height: 2, channels: 1, pixels: Uint8Array.of(9, 8, 7, 6) },
    ],
  };
  const teacher: Predictions = {
    ...student,
    step: 0,
    predicted: [0, 1, 1, 1],
    probability: [0.75, 0.25, 1, 0.0625],
    pictures: [],
  };
  const file = (name: string): string => path.join(run.folder, 'samples', `${name}.json`);

  it('come back as they were, with what the teacher says', async () => {
    assert.equal(await readPredictions(run, 'best'), undefined);
    await writePredictions(run, 'best', student);
    assert.deepEqual(await readPredictions(run, 'best'), student);
    await writePredictions(run, 'teacher', teacher);
    const { predicted, probability } = teacher;
    assert.deepEqual(await readPredictions(run, 'best'), { ...student, teacher: { predicted, probability } });
    assert.deepEqual(fs.readdirSync(path.dirname(file('best'))).sort(), ['best.json', 'teacher.json']);
  });

  it('are without a teacher that saw other samples', async () => {
    await writePredictions(run, 'last', student);
    await writePredictions(run, 'teacher', { ...teacher, sampleIds: [7, 3, 5, 1] });
    assert.deepEqual(await readPredictions(run, 'last'), student);
  });

  it('keep four decimals, and nothing for what is not finite', async () => {
    await writePredictions(run, 'last', { ...student, probability: [NaN, 0.123449, 0.99996, null] });
    assert.deepEqual((await readPredictions(run, 'last'))?.probability, [null, 0.1234, 1, null]);
  });

  it('are counted by true and predicted class', () => {
    assert.deepEqual([...confusionMatrix(student)], [1, 0, 0, 0, 1, 1, 0, 1, 0]);
  });

  it("are checked: a folder may be a stranger's", async () => {
    await writePredictions(run, 'best', student);
    const good = fs.readFileSync(file('best'), 'utf8');
    const cases: [from: string | RegExp, to: string, message: RegExp][] = [
      [/}$/, '', /best\.json is damaged/],
      ['"truth":[0,1,1,2]', '"truth":[0,1,1,-2]', /damaged at "\/truth\/3"/],
      ['"truth":[0,1,1,2]', '"truth":[0,1,1,3]', /"truth" names a class beyond the last/],
      ['"predicted":[0,2,1,1]', '"predicted":[0,2,1]', /"predicted" is not as long as "truth"/],
      ['"probability":[0.5', '"probability":[1.5', /damaged at "\/probability\/0"/],
      ['"width":2', '"width":4', /a picture has not the size/],
      ['"width":2', '"width":65', /damaged at "\/pictures\/0\/width"/],
      ['"sample":3', '"sample":4', /a picture .* is of no sample/],
    ];
    for (const [from, to, message] of cases) {
      const bad = good.replace(from, to);
      assert.notEqual(bad, good);
      fs.writeFileSync(file('best'), bad);
      await assert.rejects(readPredictions(run, 'best'), { name: 'InputError', message });
    }
    fs.rmSync(file('best'));
    fs.symlinkSync('/etc/passwd', file('best'));
    await assert.rejects(readPredictions(run, 'best'), /best\.json is a link/);
  });
});
