/** Sums since the last line about hooks, by name; part of a checkpoint, so that resumed lines are the same. */
export type HookSums = Record<string, { steps: number; loss: number }>;

/** Averages the unweighted losses of hooks over training steps. */
export class HookWindow {
  private sums: HookSums = {};

  /** Takes in one step: its weighted terms, and the weights that they had. A term of weight 0 tells nothing. */
  add(terms: Readonly<Record<string, number>>, weights: Readonly<Record<string, number>>): void {
    for (const [name, weight] of Object.entries(weights)) {
      const term = terms[name];
      if (weight === 0 || term === undefined) continue;
      const sum = (this.sums[name] ??= { steps: 0, loss: 0 });
      sum.steps += 1;
      sum.loss += term / weight;
    }
  }

  /** The mean losses by name, and a new window begins. */
  take(): Record<string, number> {
    const means = Object.entries(this.sums).map(([name, { steps, loss }]) => [name, loss / steps] as const);
    this.sums = {};
    return Object.fromEntries(means);
  }

  capture(): HookSums {
    return structuredClone(this.sums);
  }

  restore(sums: HookSums): void {
    this.sums = structuredClone(sums);
  }
}
