/** What a step answers besides the next state. */
export const BACK = Symbol('back');
export const CANCEL = Symbol('cancel');

export interface StepPlace {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly canGoBack: boolean;
}

/** One choice: the state with it made, the same state where there was nothing to choose, or where to go instead. */
export type Step<State> = (state: State, place: StepPlace) => Promise<State | typeof BACK | typeof CANCEL>;

/**
 * Goes through the steps, forth and back, each time with the state as it was before the step. What a step gives back
 * unchanged was skipped: going back passes it. Undefined where the user cancels.
 */
export async function goThrough<State>(
  steps: readonly Step<State>[],
  start: State,
): Promise<State | undefined> {
  /** The states before each of the steps that made a choice, and those steps. */
  const made: { readonly index: number; readonly before: State }[] = [];
  let state = start;
  for (let index = 0; index < steps.length;) {
    const place = { step: index + 1, steps: steps.length, canGoBack: made.length > 0 };
    const answer = await steps[index]!(state, place);
    if (answer === CANCEL) return undefined;
    if (answer === BACK) {
      const last = made.pop();
      if (last === undefined) return undefined;
      ({ index, before: state } = last);
      continue;
    }
    if (answer !== state) made.push({ index, before: state });
    state = answer;
    index++;
  }
  return state;
}
