import type { View } from '../src/protocol/panel';
import type { Action } from '../src/protocol/panel-sections';
import type { Range } from './charts/content';

/** What a person can do on the page. */
export interface Doings {
  act(action: Action): void;
  look(change: Partial<View>): void;
  zoom(range: Range | undefined): void;
  save(format: 'svg' | 'png' | 'csv'): void;
  openRun(key: string): void;
}
