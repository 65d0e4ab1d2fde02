/** A loss that is not a finite number any more. */
export class DivergedError extends Error {
  /**
   * @param step the step that could not be made, counted from 1
   * @param advice what to go back to, if known
   */
  constructor(
    readonly step: number,
    readonly term: string,
    readonly value: number,
    advice = '',
  ) {
    super(
      `The loss term "${term}" became ${value} at step ${step}; try a lower learning rate or weight${advice}`,
    );
  }
}
