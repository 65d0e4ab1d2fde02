import { InputError } from '../common/errors';

/** An error at a place of the recipe that only the real data or models show. */
export class PlaceError extends InputError {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }

  /** The whole sentence, for where the recipe's file is not at hand. */
  describe(): string {
    return this.path === '' ? this.message : `${this.path}: ${this.message}`;
  }
}
