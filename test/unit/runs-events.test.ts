import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EventFile, scalarsEvent, sessionStartEvent, versionEvent } from '../../src/runs/events';
import { crc32c, frameRecord } from '../../src/runs/record-file';
import { temporaryRetortFolder } from './runs-helpers';

const fixture = path.join(__dirname, '../fixtures/runs/events.out.tfevents.tensorboard');

describe('TensorBoard events', () => {
  it('has the checksums of RFC 3720', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(ascending), 0x46dd794e);
    assert.equal(crc32c(ascending.reverse()), 0x113fdb5c);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });

  it('gives the bytes that TensorBoard itself writes', () => {
    const events = [
      versionEvent(1795000000250),
      sessionStartEvent(1795000000250, 1),
      scalarsEvent(1795000001500, 300, {
        'train/loss': 0.75,
        'train/terms/tat@stage3': -1.5e-3,
        'train/ärm': 0,
      }),
      scalarsEvent(1795000002000, 5e9, { 'validation/accuracy': 0.871 }),
    ];
    assert.equal(
      Buffer.concat(events.map(frameRecord)).toString('hex'),
      fs.readFileSync(fixture).toString('hex'),
    );
  });

  it('writes one file an attempt, which starts at the step after that it goes on from', async () => {
    const retort = temporaryRetortFolder();
    try {
      fs.mkdirSync(retort.folder);
      const time = 1795000000250;
      const place = { attempt: 12, seq: 0, step: 8, time };
      const file = await EventFile.start(retort.folder, { kind: 'attempt', ...place });
      file.append({ kind: 'validation', ...place, step: 9, epoch: 1, loss: null, accuracy: 0.5 });
      const teachers = { deep: { loss: null, accuracy: 0.75 } };
      file.append({ kind: 'teachers', ...place, step: 9, epoch: 1, teachers });
      file.close();
      const written = fs.readFileSync(path.join(retort.folder, 'events', 'events.out.tfevents.00012'));
      const expected = [
        versionEvent(time),
        sessionStartEvent(time, 9),
        scalarsEvent(time, 9, { 'validation/accuracy': 0.5 }),
        scalarsEvent(time, 9, { 'teachers/deep/accuracy': 0.75 }),
      ];
      assert.deepEqual(written, Buffer.concat(expected.map(frameRecord)));
    } finally {
      retort.remove();
    }
  });
});
