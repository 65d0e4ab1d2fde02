import { Writer } from 'protobufjs/minimal';
import { AppendOnlyFile } from './append-only-file';
import { ensureFolderInside } from './inside';
import { frameRecord } from './record-file';
import type { AttemptLine, MetricLine } from './types';

/**
 * The TensorBoard event file of one attempt, `events/events.out.tfevents.<attempt>`. It begins with a session start
 * at the step after the one that the attempt goes on from: TensorBoard then forgets what earlier files say from there
 * on, as the run folder's own rule for attempts has it.
 */
export class EventFile {
  private constructor(private readonly file: AppendOnlyFile) {}

  static async start(runFolder: string, attempt: AttemptLine): Promise<EventFile> {
    const folder = await ensureFolderInside(runFolder, 'events');
    // TensorBoard reads the files of a folder in the order of their names.
    const name = `events.out.tfevents.${String(attempt.attempt).padStart(5, '0')}`;
    const file = await AppendOnlyFile.open(folder, name);
    file.append(frameRecord(versionEvent(attempt.time)));
    file.append(frameRecord(sessionStartEvent(attempt.time, attempt.step + 1)));
    return new EventFile(file);
  }

  append(line: MetricLine): void {
    this.file.append(frameRecord(scalarsEvent(line.time, line.step, scalarsOf(line))));
  }

  close(): void {
    this.file.close();
  }
}

/** The curves of a line by name; what is not finite is left out. */
function scalarsOf(line: MetricLine): Record<string, number> {
  const named: Record<string, number | null> = {};
  if (line.kind === 'hooks' || line.kind === 'teachers') {
    const owners: Record<string, Record<string, number | null>> = line.kind === 'hooks'
      ? line.hooks
      : line.teachers;
    for (const [owner, figures] of Object.entries(owners)) {
      for (const [name, value] of Object.entries(figures)) named[`${owner}/${name}`] = value;
    }
  } else {
    named.loss = line.loss;
    named.accuracy = line.accuracy;
  }
  if (line.kind === 'train') {
    named.learning_rate = line.lr;
    named.images_per_second = line.imagesPerSecond;
    named.data_wait = line.dataWait;
    for (const [term, loss] of Object.entries(line.terms)) named[`terms/${term}`] = loss;
    if (line.memory) named.resident_bytes = line.memory.resident;
    if (line.memory?.device !== undefined) named.device_bytes = line.memory.device;
  }
  const finite = Object.entries(named).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(finite.map(([name, value]) => [`${line.kind}/${name}`, value]));
}

// Field numbers of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SESSION_LOG = { status: 1, start: 1 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2 };

// Wire types of protocol buffers.
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

/** @param time milliseconds since 1970 */
export function versionEvent(time: number): Uint8Array {
  return event(time).uint32(tag(EVENT.fileVersion, BYTES)).string('brain.Event:2').finish();
}

export function sessionStartEvent(time: number, step: number): Uint8Array {
  const writer = event(time).uint32(tag(EVENT.step, VARINT)).int64(step);
  writer.uint32(tag(EVENT.sessionLog, BYTES)).fork();
  writer.uint32(tag(SESSION_LOG.status, VARINT)).uint32(SESSION_LOG.start);
  return writer.ldelim().finish();
}

export function scalarsEvent(time: number, step: number, scalars: Record<string, number>): Uint8Array {
  const writer = event(time).uint32(tag(EVENT.step, VARINT)).int64(step);
  writer.uint32(tag(EVENT.summary, BYTES)).fork();
  for (const [name, value] of Object.entries(scalars)) {
    writer.uint32(tag(SUMMARY.value, BYTES)).fork();
    writer.uint32(tag(VALUE.tag, BYTES)).string(name);
    writer.uint32(tag(VALUE.simpleValue, FIXED32)).float(value).ldelim();
  }
  return writer.ldelim().finish();
}

/** An event with its time, which it holds in seconds. */
function event(time: number): Writer {
  return Writer.create()
    .uint32(tag(EVENT.wallTime, FIXED64))
    .double(time / 1000);
}

function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}
