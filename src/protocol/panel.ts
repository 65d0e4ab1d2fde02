import { type Static, Type } from '@sinclair/typebox';
import { Axis, Choice, Overlay, References, Rows, TableChange, TableName } from './panel-charts';
import { Bytes, closed, fits, oneOf } from './panel-schema';
import { Action, Cards, Comparison, Header, HookRow, LogTail, Predictions } from './panel-sections';

/**
 * The messages between the panel's host (in the extension) and its page.
 *
 * The page is an element `panel` in a body whose `data-texts` holds the translations of its texts (`l10n.config`), empty
 * in English.
 *
 * The host keeps the state. The page says `ready`; the host answers with a `snapshot`, whole and numbered, and from then
 * on with `delta`s whose numbers follow it by ones, at most four a second. A page that misses a number asks for another
 * snapshot (`ready` again) and drops what it has. Nothing is sent while the page is hidden; when it is shown again a
 * snapshot comes by itself. What only one tab shows is sent while that tab is open, and for the first time soon after
 * `tab`.
 */

export const Tab = oneOf('overview', 'hooks', 'predictions', 'compare', 'log');
export type Tab = Static<typeof Tab>;

/** How a person looks at the run; kept by the host for each run, so that it is there when the run is opened again. */
export const View = closed({
  tab: Tab,
  axis: Axis,
  /** Weight of the past in the debiased moving average; 0 is none. */
  smoothing: Type.Number({ minimum: 0, maximum: 0.999 }),
  logScale: Type.Boolean(),
  /** Keys of the `Choice`s whose curves are drawn too, the automatic baseline not among them. */
  overlays: Type.Array(Type.String(), { maxItems: 20 }),
});
export type View = Static<typeof View>;

/** How a run is looked at for the first time. */
export const DEFAULT_VIEW: View = {
  tab: 'overview',
  axis: 'epoch',
  smoothing: 0,
  logScale: false,
  overlays: [],
};

/** What the panel is of. */
export const Subject = closed({
  kind: oneOf('run', 'comparison'),
  /** Folders of the runs; one for `run`. */
  keys: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }),
});
export type Subject = Static<typeof Subject>;

/** Parts of the state. A delta holds those that have changed, each whole except `tables`. */
const parts = {
  /** Absent in a panel that compares runs: there is no header and no card there, and no tab but Compare. */
  header: Type.Optional(Header),
  cards: Type.Optional(Cards),
  references: Type.Optional(References),
  /** Of the run itself; in a snapshot with `keep` 0. `hooks` only while the tab Hooks is open. */
  tables: Type.Optional(Type.Array(TableChange)),
  overlays: Type.Optional(Type.Array(Overlay)),
  /** What may be chosen as overlay; the panel's own runs are among them. */
  choices: Type.Optional(Type.Array(Choice)),
  hooks: Type.Optional(Type.Array(HookRow)),
  predictions: Type.Optional(Predictions),
  comparison: Type.Optional(Comparison),
  log: Type.Optional(LogTail),
};

/** The whole state; what a part lacks the page drops. */
export const Snapshot = closed({
  type: Type.Literal('snapshot'),
  number: Type.Integer({ minimum: 0 }),
  /** To be given to `setState` as it is: VS Code hands it back when it restores the panel after a reload. */
  subject: Subject,
  view: View,
  /** The metrics are still being read for the first time: charts may grow at once. */
  reading: Type.Boolean(),
  ...parts,
});
export type Snapshot = Static<typeof Snapshot>;

export const Delta = closed({
  type: Type.Literal('delta'),
  /** One more than that of the message before. */
  number: Type.Integer({ minimum: 1 }),
  reading: Type.Optional(Type.Boolean()),
  ...parts,
});
export type Delta = Static<typeof Delta>;

/** The answer to `zoom`: rows between two places, so fine that at most some 2000 are left. Not numbered. */
export const Zoomed = closed({ type: Type.Literal('zoomed'), id: Type.Integer(), rows: Rows });
export type Zoomed = Static<typeof Zoomed>;

export const HostMessage = Type.Union([Snapshot, Delta, Zoomed]);
export type HostMessage = Static<typeof HostMessage>;

/** First message of a page, and what it says when it has missed a delta. */
export const Ready = closed({ type: Type.Literal('ready') });

/** Another view: a tab opened, a setting changed, overlays chosen. The host keeps it, and sends what it needs. */
export const ViewChanged = closed({ type: Type.Literal('view'), view: View });

/** Asks for a part of a table in finer rows. The latest request for a table counts. */
export const Zoom = closed({
  type: Type.Literal('zoom'),
  /** Returned with the answer. */
  id: Type.Integer(),
  table: TableName,
  axis: Axis,
  /** On the axis; one row beyond either end is given too, so that lines go on to the edge. */
  from: Type.Number(),
  to: Type.Number(),
});
export type Zoom = Static<typeof Zoom>;

export const Act = closed({ type: Type.Literal('action'), action: Action });

/** Opens another run: a row of the results table. */
export const OpenRun = closed({ type: Type.Literal('openRun'), key: Type.String() });

/**
 * Saves a file that the host asks a place for. A picture is made by the page, whole and self-contained. `csv` is written
 * by the host from all the metrics, not from what the chart shows.
 */
export const Export = closed({
  type: Type.Literal('export'),
  format: oneOf('svg', 'png', 'csv'),
  /** What the file is proposed to be called, without folder and ending: `accuracy`. */
  name: Type.String({ minLength: 1, maxLength: 100 }),
  /** Of the picture; none for `csv`. */
  bytes: Type.Optional(Bytes),
});
export type Export = Static<typeof Export>;

/** A fault of the page, for the log. */
export const Fault = closed({ type: Type.Literal('fault'), message: Type.String({ maxLength: 10_000 }) });

export const PageMessage = Type.Union([Ready, ViewChanged, Zoom, Act, OpenRun, Export, Fault]);
export type PageMessage = Static<typeof PageMessage>;

/** For the page: whether the host said something of this protocol. */
export function isHostMessage(message: unknown): message is HostMessage {
  return fits(HostMessage, message);
}

/** For the host: whether the page said something of this protocol. */
export function isPageMessage(message: unknown): message is PageMessage {
  return fits(PageMessage, message);
}
