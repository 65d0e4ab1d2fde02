import type { ExitCode } from './exit-codes';

/** Something came to an end before it was done, for a reason that is no error in Retort: what to say, and to exit with. */
export class Ended extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** The run that it is about. */
    readonly run?: string,
  ) {
    super(message);
  }
}
