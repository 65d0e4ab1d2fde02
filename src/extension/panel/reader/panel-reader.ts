import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Axis, Rows, TableChange, TableName } from '../../../protocol/panel-charts';
import type { Predictions } from '../../../protocol/panel-sections';
import { readMetricsCsv } from '../../../runs/csv';
import type { RunFolder } from '../../../runs/folder';
import { bandOf } from './band';
import { panelPredictions } from './predictions';
import { Follower, type Reading, RunSeries } from './run-series';
import { linesPerRow } from './table';

/** Milliseconds after which what has been read is shown. */
const FIRST_LOOK = 200;
/** Runs whose series stay in memory though nobody follows them. */
const KEPT = 20;
const PLACES = { step: 'step', epoch: 'epoch', time: 'seconds' } as const satisfies Record<Axis, string>;

/**
 * Reads what panels show out of run folders. It works in a thread of its own: a million lines take a second, and the
 * extension host must answer meanwhile.
 */
export class PanelReader {
  private readonly series = new Map<string, RunSeries>();
  private readonly followers = new Map<string, Follower>();

  /**
   * What has changed in a run's tables since the last call by the same follower; everything at its first. Of a long file
   * it is what has been read so far.
   */
  async follow(
    follower: string,
    folder: string,
    tables: readonly TableName[],
  ): Promise<{ readonly reading: Reading; readonly changes: readonly TableChange[] }> {
    const series = this.seriesOf(folder);
    const known = this.followers.get(follower) ?? new Follower();
    this.followers.set(follower, known);
    series.followers.add(known);
    await Promise.race([series.read(), wait(FIRST_LOOK)]);
    return { reading: series.state, changes: series.changes(known, tables) };
  }

  /** The follower has nothing any more, of these tables or of all: its next call gives everything. */
  forget(follower: string, tables?: readonly TableName[]): void {
    const known = this.followers.get(follower);
    if (tables === undefined) known?.forget();
    else for (const table of tables) known?.shown.delete(table);
  }

  /** The follower does not come back. */
  leave(follower: string): void {
    const known = this.followers.get(follower);
    this.followers.delete(follower);
    if (known === undefined) return;
    for (const series of this.series.values()) series.followers.delete(known);
    this.dropUnused();
  }

  /** A part of a table in finer rows. */
  zoom(folder: string, name: TableName, axis: Axis, from: number, to: number): Rows {
    const table = this.seriesOf(folder).table(name);
    const { first, end } = table.range(PLACES[axis], from, to);
    return table.rows(linesPerRow(end - first), first, Math.max(first, end));
  }

  /** The curves of a run, or mean and band over several. */
  async curves(folders: readonly string[]): Promise<Rows[]> {
    const all = await Promise.all(folders.map((folder) => this.readWhole(folder)));
    return (['train', 'validation'] as const)
      .map((name) => all.map((series) => series.table(name)).filter(({ length }) => length > 0))
      .filter((tables) => tables.length > 0)
      .map((tables) => {
        // In rows of the same lines, so that their steps are the same.
        const count = linesPerRow(Math.max(...tables.map(({ length }) => length)));
        const rows = tables.map((table) => table.rows(count));
        return folders.length === 1 ? rows[0]! : bandOf(rows);
      });
  }

  predictions(run: RunFolder, baseline: readonly RunFolder[]): Promise<Predictions | undefined> {
    return panelPredictions(run, baseline);
  }

  /** Writes all metrics of a run as CSV. */
  writeCsv(run: RunFolder, file: string): Promise<void> {
    return pipeline(Readable.from(readMetricsCsv(run)), fs.createWriteStream(file));
  }

  private async readWhole(folder: string): Promise<RunSeries> {
    const series = this.seriesOf(folder);
    await series.read();
    return series;
  }

  private seriesOf(folder: string): RunSeries {
    const series = this.series.get(folder) ?? new RunSeries(folder);
    // The last used ones are the last in the map.
    this.series.delete(folder);
    this.series.set(folder, series);
    this.dropUnused();
    return series;
  }

  private dropUnused(): void {
    const unused = [...this.series].filter(([, { followers }]) => followers.size === 0);
    for (const [folder] of unused.slice(0, -KEPT)) this.series.delete(folder);
  }
}
