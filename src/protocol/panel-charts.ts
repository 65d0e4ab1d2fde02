import { type Static, Type } from '@sinclair/typebox';
import { closed, Numbers, oneOf } from './panel-schema';

/**
 * Values over training. A row stands for one line of the metrics or, where there are more than a chart can show, for
 * `linesPerRow` lines in a row (a power of two): the mean, and the lowest and highest of them.
 */
export const Column = closed({
  mean: Numbers,
  /** Absent where it would equal the mean: one line a row. Of a group of runs: mean - standard deviation over seeds. */
  low: Type.Optional(Numbers),
  /** Of a group of runs: mean + standard deviation over seeds. */
  high: Type.Optional(Numbers),
});
export type Column = Static<typeof Column>;

/** Where a row stands: at the last of its lines. All ascend. */
const axes = {
  /** Finished optimizer steps. */
  step: Numbers,
  epoch: Numbers,
  /** Of training so far; pauses between attempts do not count. */
  seconds: Numbers,
};

/**
 * - `train`: columns `loss`, `accuracy` (0 … 1), `lr`, `imagesPerSecond`, `dataWait` (0 … 1), `resident` and
 *   `device` (bytes of memory; where they are measured), and `term <name>` for each weighted loss term: `term task`, `term kd`, `term tat@stage3`
 * - `validation`: columns `loss`, `accuracy`; at most one row an epoch
 * - `teachers`: for each further teacher, and each that learns, columns `loss <name>` and `accuracy <name>` on the
 *   validation split; of those that learn a row an evaluation, of the others one at the start
 * - `hooks`: for each hook `weight <name>`, `loss <name>` (unweighted), `cka <name>` and `cosine <name>` where they can be
 *   had; a row an evaluation
 */
export const TableName = oneOf('train', 'validation', 'teachers', 'hooks');
export type TableName = Static<typeof TableName>;

/** The axis of charts; `time` shows the column `seconds`. */
export const Axis = oneOf('step', 'epoch', 'time');
export type Axis = Static<typeof Axis>;

/** Rows of a table, all columns equally long. A column's value is NaN in rows that lack it. */
export const Rows = closed({
  table: TableName,
  linesPerRow: Type.Integer({ minimum: 1 }),
  ...axes,
  columns: Type.Record(Type.String(), Column),
});
export type Rows = Static<typeof Rows>;

/**
 * A change of a table: its first `keep` rows stay, those from there on are replaced by these. With `keep` 0 the table
 * is new, columns included; with another, `linesPerRow` and the columns are as before.
 */
export const TableChange = closed({ keep: Type.Integer({ minimum: 0 }), rows: Rows });
export type TableChange = Static<typeof TableChange>;

/** A run or a group of runs in lists of choice. */
export const Choice = closed({
  /** What it is addressed by in requests. */
  key: Type.String(),
  kind: oneOf('run', 'group'),
  experiment: Type.String(),
  /** `kd+tat`, or `kd+tat, seed 4`, or the name that a person gave the run. */
  label: Type.String(),
  /** How many runs: of a group, those that count (done, the latest of each seed). */
  runs: Type.Integer({ minimum: 0 }),
  /** Its place among the series colours, the same everywhere; to be taken modulo their number. */
  color: Type.Integer({ minimum: 0 }),
  live: Type.Boolean(),
});
export type Choice = Static<typeof Choice>;

/**
 * Curves of another run or group in the same charts. Of a run: `train` and `validation`. Of a group: mean and band over
 * its seeds at each step that at least one of them has.
 */
export const Overlay = closed({
  choice: Choice,
  /** `baseline`: drawn dotted, there without being chosen. `compared`: the subject of a panel that compares. */
  role: oneOf('baseline', 'chosen', 'compared'),
  tables: Type.Array(Rows),
});
export type Overlay = Static<typeof Overlay>;

/** What the run's accuracy on the validation split is drawn beside: accuracies (0 … 1) as lines across the chart. */
export const References = closed({
  teacher: Type.Optional(Type.Number()),
  /** Further teachers that stay as they are. */
  teachers: Type.Optional(Type.Array(closed({ name: Type.String(), accuracy: Type.Number() }))),
  /** Names of the teachers that learn too, whose curves are in the table `teachers`. */
  learning: Type.Optional(Type.Array(Type.String())),
  baseline: Type.Optional(closed({ label: Type.String(), accuracy: Type.Number() })),
});
export type References = Static<typeof References>;
