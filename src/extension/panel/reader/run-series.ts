import { messageOf } from '../../../common/errors';
import type { Rows, TableChange, TableName } from '../../../protocol/panel-charts';
import { parseLine } from '../../../runs/metrics';
import { Pace } from '../../../runs/pace';
import { type LineShape, matchLine, shapeOf } from './line-scanner';
import { type LineReader, MetricsFile } from './metrics-file';
import { linesPerRow, Table } from './table';

/** More shapes than these are the work of a stranger. */
const MOST_SHAPES = 32;
const MOST_NUMBERS = 1024;

/** How the reading of a run stands. */
export interface Reading {
  /** It is still being read. */
  readonly isUnfinished: boolean;
  /** Lines that cannot be read or stand in the wrong place. */
  readonly damaged: number;
  /** Why nothing can be read. */
  readonly problem?: string;
  /** What the last train line says. */
  readonly latest?: Latest;
}

export interface Latest {
  readonly step: number;
  readonly epoch: number;
  readonly imagesPerSecond?: number | undefined;
  readonly dataWait?: number | undefined;
  /** Bytes: on the device where that tells, else of the process. */
  readonly memory?: number | undefined;
  /** Of this attempt and stage. */
  readonly secondsPerEpoch?: number | undefined;
}

/** A shape, and what its numbers are. */
interface KnownShape extends LineShape {
  readonly kind: string;
  /** Position of each entry of a line's place among the numbers. */
  readonly at: Readonly<Record<'attempt' | 'seq' | 'step' | 'epoch' | 'time' | 'stage', number>>;
  readonly table: Table | undefined;
  readonly columns: readonly (Column | undefined)[];
}
type Column = NonNullable<ReturnType<Table['column']>>;

/** What a chart has of a table. */
interface Shown {
  lines: number;
  linesPerRow: number;
  columns: number;
  /** Lines that were cut off since do not count. */
  valid: number;
}

/** Who follows a run's series, and what it has of them. */
export class Follower {
  readonly shown = new Map<TableName, Shown>();

  /** What it has is lost: the next changes are whole. */
  forget(): void {
    this.shown.clear();
  }
}

/**
 * The metrics of a run in columns, by the attempt rule: a resume at a step forgets the lines of earlier attempts beyond
 * it.
 */
export class RunSeries implements LineReader {
  readonly followers = new Set<Follower>();
  private readonly file: MetricsFile;
  private tables = makeTables();
  private shapes: KnownShape[] = [];
  private readonly values = new Float64Array(MOST_NUMBERS);
  private damaged = 0;
  private problem: string | undefined;
  private seconds = 0;
  private time: number | undefined;
  private pace = new Pace();
  private reading: Promise<void> | undefined;

  constructor(folder: string) {
    this.file = new MetricsFile(folder);
  }

  /** Reads all that has come; one reading at a time. What goes wrong is told in `state`. */
  read(): Promise<void> {
    this.reading ??= this.file
      .read(this)
      .then(() => (this.problem = undefined))
      .catch((error: unknown) => (this.problem = messageOf(error)))
      .then(() => (this.reading = undefined));
    return this.reading;
  }

  get state(): Reading {
    const { train } = this.tables;
    const place = train.place(train.length - 1);
    const reading = {
      isUnfinished: this.reading !== undefined,
      damaged: this.damaged,
      ...(this.problem !== undefined && { problem: this.problem }),
    };
    if (place === undefined) return reading;
    const latest = {
      step: place.step,
      epoch: place.epoch,
      imagesPerSecond: train.last('imagesPerSecond'),
      dataWait: train.last('dataWait'),
      memory: train.last('device') ?? train.last('resident'),
      secondsPerEpoch: this.pace.secondsPerEpoch,
    };
    return { ...reading, latest };
  }

  table(name: TableName): Table {
    return this.tables[name];
  }

  /** All of a table in few enough rows. */
  rows(name: TableName): Rows {
    const table = this.tables[name];
    return table.rows(linesPerRow(table.length));
  }

  /** What has changed in tables since the follower's last look. */
  changes(follower: Follower, names: readonly TableName[]): TableChange[] {
    return names.flatMap((name) => this.change(follower, this.tables[name]) ?? []);
  }

  line(bytes: Uint8Array, start: number, end: number): void {
    for (const shape of this.shapes) {
      if (matchLine(shape, bytes, start, end, this.values) && this.isWhole(shape)) return this.take(shape);
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const parsed = parseLine(text);
    if (parsed === 'unknown') return;
    const shape = parsed === 'damaged' ? undefined : this.learn(parsed.kind, text);
    if (shape === undefined || !matchLine(shape, bytes, start, end, this.values)) this.damaged++;
    else this.take(shape);
  }

  damagedLine(): void {
    this.damaged++;
  }

  restart(): void {
    this.tables = makeTables();
    this.shapes = [];
    this.damaged = 0;
    this.seconds = 0;
    this.time = undefined;
    this.pace = new Pace();
    for (const { shown } of this.followers) for (const had of shown.values()) had.valid = 0;
  }

  /** The schema wants whole numbers there; a fraction would not have passed. */
  private isWhole({ at }: KnownShape): boolean {
    return (
      Number.isInteger(this.values[at.attempt]) &&
      Number.isInteger(this.values[at.seq]) &&
      Number.isInteger(this.values[at.step])
    );
  }

  private learn(kind: string, text: string): KnownShape | undefined {
    const shape = shapeOf(text);
    if (shape === undefined || shape.paths.length > MOST_NUMBERS) return undefined;
    const position = (path: string): number => shape.paths.lastIndexOf(path);
    const table = tableOf(kind, this.tables);
    const known: KnownShape = {
      ...shape,
      kind,
      at: {
        attempt: position('attempt'),
        seq: position('seq'),
        step: position('step'),
        epoch: position('epoch'),
        time: position('time'),
        stage: position('stage'),
      },
      table,
      columns: shape.paths.map((path) => {
        const name = columnName(path);
        return name === undefined ? undefined : table?.column(name);
      }),
    };
    this.shapes = [known, ...this.shapes].slice(0, MOST_SHAPES);
    return known;
  }

  private take({ kind, at, table, columns }: KnownShape): void {
    const { values } = this;
    const time = values[at.time]!;
    if (kind === 'attempt') return this.beginAttempt(values[at.step]!, time);
    // Time between lines of one attempt is training; a clock that was set back adds nothing.
    if (this.time !== undefined) this.seconds += Math.max(0, time - this.time) / 1000;
    this.time = time;
    if (table === undefined) return;
    const place = { step: values[at.step]!, epoch: values[at.epoch]!, seconds: this.seconds };
    if (!table.append(place)) {
      this.damaged++;
      return;
    }
    // Without stages there is no such number on any line.
    if (kind === 'train') this.pace.add({ epoch: place.epoch, time, stage: values[at.stage] ?? 0 });
    const row = table.length - 1;
    for (let slot = 0; slot < columns.length; slot++) {
      const column = columns[slot];
      if (column !== undefined) column.values[row] = values[slot]!;
    }
  }

  private beginAttempt(step: number, time: number): void {
    for (const table of Object.values(this.tables)) {
      const kept = table.truncateAfter(step);
      for (const { shown } of this.followers) {
        const had = shown.get(table.name);
        if (had !== undefined) had.valid = Math.min(had.valid, kept);
      }
    }
    const lasts = Object.values(this.tables).map((table) => table.place(table.length - 1)?.seconds ?? 0);
    this.seconds = Math.max(...lasts);
    this.time = time;
    this.pace = new Pace();
  }

  private change({ shown }: Follower, table: Table): TableChange | undefined {
    const count = linesPerRow(table.length);
    const had = shown.get(table.name);
    const now = { lines: table.length, linesPerRow: count, columns: table.columnCount, valid: table.length };
    if (had?.lines === now.lines && had.valid === had.lines && had.columns === now.columns) return undefined;
    if (had === undefined && table.length === 0) return undefined;
    shown.set(table.name, now);
    const goesOn = had !== undefined && had.linesPerRow === count && had.columns === now.columns;
    const keep = goesOn ? Math.floor(Math.min(had.lines, had.valid) / count) : 0;
    return { keep, rows: table.rows(count, keep * count) };
  }
}

function makeTables(): Record<TableName, Table> {
  return {
    train: new Table('train'),
    validation: new Table('validation'),
    teachers: new Table('teachers'),
    hooks: new Table('hooks'),
  };
}

function tableOf(kind: string, tables: Record<TableName, Table>): Table | undefined {
  return Object.values(tables).find(({ name }) => name === kind);
}

/**
 * `terms.kd` is shown as `term kd`, `hooks.kd.cka` as `cka kd`, `teachers.peer.accuracy` as `accuracy peer`; the place
 * of a line is no column.
 */
function columnName(path: string): string | undefined {
  if (['attempt', 'seq', 'step', 'epoch', 'time', 'stage'].includes(path)) return undefined;
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) return head;
  if (head === 'terms') return `term ${rest.join('.')}`;
  if (head === 'hooks' || head === 'teachers') return `${rest.at(-1)} ${rest.slice(0, -1).join('.')}`;
  return head === 'memory' ? rest.join('.') : undefined;
}
