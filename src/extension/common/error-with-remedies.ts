import { InputError } from '../../common/errors';

export interface Remedy {
  /** The button's text. */
  readonly title: string;
  readonly command: string;
}

/** A user's error that a command mends, offered as a button beside the sentence. */
export class ErrorWithRemedies extends InputError {
  constructor(
    message: string,
    readonly remedies: readonly Remedy[],
  ) {
    super(message);
  }
}
