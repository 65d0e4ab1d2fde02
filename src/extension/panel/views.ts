import type * as vscode from 'vscode';
import { DEFAULT_VIEW, type Subject, View } from '../../protocol/panel';
import { fits } from '../../protocol/panel-schema';

const KEY = 'panel.views';
/** Of the runs last looked at. */
const MOST_VIEWS = 200;

/** How each run was last looked at, kept for the workspace. */
export class Views {
  constructor(private readonly state: vscode.Memento) {}

  /** Where the subject was never looked at: as the last one was, but its tab and overlays. */
  of(subject: Subject): View {
    const kept = this.all();
    const own = kept.find(([name]) => name === nameOf(subject))?.[1];
    if (own !== undefined) return own;
    const { axis, smoothing, logScale } = kept.at(-1)?.[1] ?? DEFAULT_VIEW;
    return { ...DEFAULT_VIEW, axis, smoothing, logScale };
  }

  async keep(subject: Subject, view: View): Promise<void> {
    const others = this.all().filter(([name]) => name !== nameOf(subject));
    await this.state.update(KEY, [...others, [nameOf(subject), view]].slice(-MOST_VIEWS));
  }

  /** What an earlier version has kept otherwise is left out. */
  private all(): [string, View][] {
    const kept = this.state.get<unknown>(KEY);
    if (!Array.isArray(kept)) return [];
    return kept.filter(
      (entry): entry is [string, View] =>
        Array.isArray(entry) && typeof entry[0] === 'string' && fits(View, entry[1]),
    );
  }
}

/** The same for the same subject. */
export function nameOf({ kind, keys }: Subject): string {
  return JSON.stringify([kind, ...keys]);
}
