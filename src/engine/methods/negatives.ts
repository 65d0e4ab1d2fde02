import { InputError } from '../../common/errors';

/**
 * Draws training samples of other classes. Samples are counted by rows: the training samples in the order of their ids.
 */
export class Negatives {
  readonly rows: number;
  /** By sample id; -1 where it is not trained on. */
  private readonly rowOf: Int32Array;
  private readonly labels: Int32Array;
  /** The rows class by class, and where each class begins. */
  private readonly sorted: Uint32Array;
  private readonly starts: Uint32Array;
  /** Places among the samples of other classes; in order between draws. */
  private readonly pool: Uint32Array;

  /** @param trainingLabels by sample id; -1 for those that are not trained on */
  constructor(
    private readonly method: string,
    trainingLabels: Int32Array,
  ) {
    let rows = 0;
    this.rowOf = trainingLabels.map((label) => (label < 0 ? -1 : rows++));
    this.labels = trainingLabels.filter((label) => label >= 0);
    this.rows = rows;
    const counts = new Uint32Array(this.labels.reduce((most, label) => Math.max(most, label + 1), 0));
    for (const label of this.labels) counts[label]! += 1;
    if (counts.filter((count) => count > 0).length < 2) {
      throw new InputError(`${method} needs training samples of at least two classes`);
    }
    this.starts = new Uint32Array(counts.length + 1);
    counts.forEach((count, label) => (this.starts[label + 1] = this.starts[label]! + count));
    const next = this.starts.slice();
    this.sorted = new Uint32Array(rows);
    this.labels.forEach((label, row) => (this.sorted[next[label]!++] = row));
    this.pool = Uint32Array.from({ length: rows }, (_, place) => place);
  }

  /** Throws `InputError` for an id that is not one of a training sample. */
  rowsOf(sampleIds: Iterable<number>): Int32Array {
    return Int32Array.from(sampleIds, (id) => {
      const row = this.rowOf[id] ?? -1;
      if (row < 0) throw new InputError(`${this.method}: ${id} is not the id of a training sample`);
      return row;
    });
  }

  /**
   * Rows of `count` samples of other classes than the row's: each at most once where there are as many, else drawn
   * with replacement.
   */
  draw(row: number, count: number, random = Math.random): Uint32Array {
    const label = this.labels[row]!;
    const [start, end] = [this.starts[label]!, this.starts[label + 1]!];
    const others = this.rows - (end - start);
    const rowAt = (place: number): number => this.sorted[place < start ? place : place + end - start]!;
    const below = (limit: number): number => Math.floor(random() * limit);
    if (count > others) return Uint32Array.from({ length: count }, () => rowAt(below(others)));

    // Fisher and Yates as far as needed, then undone.
    const swapped = Uint32Array.from({ length: count }, (_, first) => {
      const other = first + below(others - first);
      this.swap(first, other);
      return other;
    });
    const drawn = this.pool.slice(0, count).map(rowAt);
    for (let first = count - 1; first >= 0; first--) this.swap(first, swapped[first]!);
    return drawn;
  }

  private swap(one: number, other: number): void {
    const kept = this.pool[one]!;
    this.pool[one] = this.pool[other]!;
    this.pool[other] = kept;
  }
}
