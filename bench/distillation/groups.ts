import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';

/** What one group of runs trains: everything but the seed. Plain data, as a recipe file would hold it. */
export interface Group {
  /** Experiment, shown as the recipe's name. */
  readonly name: string;
  readonly variant: string;
  readonly hooks: readonly object[];
  /** Epochs on its own before the run itself; both together are the budget. */
  readonly pretrained: boolean;
  /** Chosen on validation alone: the test split stays untouched. */
  readonly test: boolean;
}

const examples = path.join(__dirname, '..', '..', 'examples', 'demo');

/** The demo's recipe of that name: this bench varies it, and nothing else. */
export function demoRecipe(name: string): Record<string, unknown> & { train: { epochs: number } } {
  const errors: ParseError[] = [];
  const text = readFileSync(path.join(examples, `${name}.distill.json`), 'utf8');
  return parse(text, errors) as ReturnType<typeof demoRecipe>;
}

const kd = { method: 'kd', weight: 0.9, options: { temperature: 4 } };
const stage3 = { student: 'stage3', teacher: 'stage3' };
const alone: Hooks = ['alone', []];
const kdAlone: Hooks = ['kd', [kd]];
const tat = (weight: number): Hooks => [`tat ${weight}`, [{ method: 'tat', ...stage3, weight }]];
const kdAndTat = (weight: number): Hooks => [`kd+tat ${weight}`, [kd, ...tat(weight)[1]]];

/** What tells a group from the others: its name and its hooks. */
type Hooks = readonly [variant: string, hooks: readonly object[]];

/**
 * Published weights where they carry over; FitNets' 100 and CanKD's 10 are for other tasks and schedules, and 1 keeps
 * their terms near the size of the task's.
 */
export const methodGroups: readonly Group[] = groups('scratch', [
  alone,
  kdAlone,
  tat(0.1),
  kdAndTat(0.1),
  ['ct', [{ method: 'ct', ...stage3, weight: 1 }]],
  ['kd+ct', [kd, { method: 'ct', ...stage3, weight: 1 }]],
  ['cankd', [{ method: 'cankd', ...stage3, weight: 1 }]],
  ['fitnets', [{ method: 'fitnets', ...stage3, weight: 1 }]],
]);

/** Weights of `tat` among which validation chooses, on its own and beside `kd`. */
const tatWeights = [0.1, 0.3, 1] as const;

export type Start = 'scratch' | 'pretrained';

export function gridGroups(start: Start): Group[] {
  return groups(
    start,
    tatWeights.flatMap((weight) => [tat(weight), kdAndTat(weight)]),
  ).map((group) => ({ ...group, name: `grid-${start}`, test: false }));
}

/** The comparison at the chosen weights. */
export function finalGroups(
  start: Start,
  chosen: { readonly tat: number; readonly kdAndTat: number },
): Group[] {
  return groups(start, [alone, kdAlone, tat(chosen.tat), kdAndTat(chosen.kdAndTat)]);
}

function groups(start: Start, variants: readonly Hooks[]): Group[] {
  return variants.map(([variant, hooks]) => ({
    name: start,
    variant,
    hooks,
    pretrained: start === 'pretrained',
    test: true,
  }));
}
