import type { Row } from './row';

/** What a tree view has to draw again. */
export interface RowChanges {
  /** The top level has other rows, or another order. */
  readonly root: boolean;
  /** Rows that look different, or whose children have changed. */
  readonly ids: readonly string[];
}

/** What differs between two states of a tree. The rows below a changed order are drawn by their parent. */
export function changesBetween(before: readonly Row[], after: readonly Row[]): RowChanges {
  if (orderOf(before) !== orderOf(after)) return { root: true, ids: [] };
  return { root: false, ids: after.flatMap((row, index) => changedIds(before[index]!, row)) };
}

function changedIds(before: Row, after: Row): string[] {
  if (before === after) return [];
  if (lookOf(before) !== lookOf(after) || orderOf(before.children) !== orderOf(after.children))
    return [after.id];
  return after.children.flatMap((child, index) => changedIds(before.children[index]!, child));
}

function orderOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map(({ id }) => id));
}

function lookOf({ label, description, icon, context, isOpenable }: Row): string {
  return JSON.stringify([label, description, icon, context, isOpenable]);
}
