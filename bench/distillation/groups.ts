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
const tat = (weight: number): object => ({ method: 'tat', ...stage3, weight });

/**
 * Published weights where they carry over; FitNets' 100 and CanKD's 10 are for other tasks and schedules, and 1 keeps
 * their terms near the size of the task's.
 */
export const methodGroups: readonly Group[] = (
  [
    ['alone', []],
    ['kd', [kd]],
    ['tat', [tat(0.1)]],
    ['kd+tat', [kd, tat(0.1)]],
    ['ct', [{ method: 'ct', ...stage3, weight: 1 }]],
    ['kd+ct', [kd, { method: 'ct', ...stage3, weight: 1 }]],
    ['cankd', [{ method: 'cankd', ...stage3, weight: 1 }]],
    ['fitnets', [{ method: 'fitnets', ...stage3, weight: 1 }]],
  ] as const
).map(([variant, hooks]) => ({ name: 'methods', variant, hooks, pretrained: false, test: true }));

/** Weights of `tat` among which validation chooses, on its own and beside `kd`. */
export const tatWeights = [0.03, 0.1, 0.3, 1] as const;

export function gridGroups(pretrained: boolean): Group[] {
  return tatWeights.flatMap((weight) =>
    (['tat', 'kd+tat'] as const).map((variant) => ({
      name: pretrained ? 'grid-pretrained' : 'grid-scratch',
      variant: `${variant} ${weight}`,
      hooks: variant === 'tat' ? [tat(weight)] : [kd, tat(weight)],
      pretrained,
      test: false,
    })),
  );
}

/** The comparison at the chosen weights. */
export function finalGroups(pretrained: boolean, chosen: Record<'tat' | 'kd+tat', number>): Group[] {
  const name = pretrained ? 'final-pretrained' : 'final-scratch';
  return (
    [
      ['alone', []],
      ['kd', [kd]],
      ['tat', [tat(chosen.tat)]],
      ['kd+tat', [kd, tat(chosen['kd+tat'])]],
    ] as const
  ).map(([variant, hooks]) => ({ name, variant, hooks, pretrained, test: true }));
}
