import type { GroupResult, Split } from '../../../runs/compare';
import type { ReadableSeenRun, SeenRun } from '../../common/seen-run';

/** A row of the tree of experiments, without what VS Code makes of it. */
export interface Row {
  /** The same for as long as what it stands for is there. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** The description for those who hear it, where it is not the one shown: icons are not heard. */
  readonly spoken?: string;
  /** A codicon, and a theme colour where the row has one. */
  readonly icon: Icon;
  /** Words that menus ask for: `run live starred`. */
  readonly context: string;
  /** The runs that a command on the row is about. */
  readonly keys: readonly string[];
  /** What the row is about, for its tooltip. */
  readonly about: About;
  readonly children: readonly Row[];
  /** Whether it may have children that are only looked for when it is opened. */
  readonly isOpenable: boolean;
  /** Whether it is open when it is first seen. */
  readonly startsOpen: boolean;
}

export interface Icon {
  readonly name: string;
  readonly color?: string;
}

export type About =
  | { readonly kind: 'folder' | 'experiment' | 'damaged' }
  | { readonly kind: 'group'; readonly result: GroupResult; readonly split: Split }
  | { readonly kind: 'run'; readonly run: ReadableSeenRun; readonly secondsLeft?: number }
  | { readonly kind: 'unreadable'; readonly run: SeenRun; readonly reason: string }
  | { readonly kind: 'checkpoint' | 'student'; readonly folder: string; readonly reference: string };

/** Parts of a description that are there, apart by dots. */
export function joinParts(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter(Boolean).join(' · ');
}
