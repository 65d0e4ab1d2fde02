import type { Row } from './model/row';

/** An element of the view: the same object for as long as its row's id is there, which is what VS Code goes by. */
export class RowNode {
  constructor(
    public row: Row,
    readonly parent: RowNode | undefined,
  ) {}

  /** The run that a row stands for or belongs to; undefined for rows of several. */
  get key(): string | undefined {
    return this.row.keys.length === 1 ? this.row.keys[0] : undefined;
  }
}
