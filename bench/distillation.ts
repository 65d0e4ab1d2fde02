/**
 * What the demo's distillation gains, over seeds: `npx tsx bench/distillation.ts [methods] [grid] [final]`.
 * Student, teacher, data and budget are the demo's (examples/demo). Writes bench/results/distillation.json and .md and media/demo.png;
 * runs stay in bench/distillation/work, so that an interrupted bench goes on where it was.
 */
import * as os from 'node:os';
import * as path from 'node:path';
import { demoRecipe, finalGroups, gridGroups, type Group, methodGroups } from './distillation/groups';
import { finishedRun, inLanes, recipeOf, train, writeResult } from './distillation/lanes';
import { draw } from './distillation/picture';
import { type Measured, report } from './distillation/report';
import { readMetrics } from '../src/runs/metrics';

const finalSeeds = [0, 1, 2, 3, 4];
/** Apart from the final ones, so that the choice of a weight has not seen them. */
const gridSeeds = [100];
const lanes = os.availableParallelism();

async function main(parts: readonly string[]): Promise<void> {
  const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const teacher = await train(recipeOf({ ...demoRecipe('teacher'), name: 'teacher' }));
  const teacherTest = teacher.info.test!.accuracy;
  console.log(`teacher ${teacher.run.id}: test accuracy ${teacherTest}`);

  const measure = (groups: readonly Group[], seeds: readonly number[]): Promise<Measured[]> =>
    inLanes(
      lanes,
      // Seed by seed, so that a bench cut short has whole seeds.
      seeds.flatMap((seed) => groups.map((group) => () => measureOne(group, seed, teacher.run.id))),
    );

  const methods = wanted('methods') ? await measure(methodGroups, finalSeeds) : [];
  const final: Measured[] = [];
  const grid: Measured[] = [];
  if (wanted('grid') || wanted('final')) {
    for (const start of ['scratch', 'pretrained'] as const) {
      const tried = await measure(gridGroups(start), gridSeeds);
      grid.push(...tried);
      if (!wanted('final')) continue;
      const chosen = { tat: bestWeight(tried, 'tat'), kdAndTat: bestWeight(tried, 'kd+tat') };
      final.push(...(await measure(finalGroups(start, chosen), finalSeeds)));
    }
  }
  writeResult('distillation.json', `${JSON.stringify({ teacherTest, methods, grid, final }, null, 1)}\n`);
  writeResult(
    'distillation.md',
    report({ teacherTest, methods, grid, final, seeds: finalSeeds, gridSeeds, lanes }),
  );
  const picture = path.join(__dirname, '..', 'media', 'demo.png');
  if (methods.length > 0) await draw(methods, picture);
}

async function measureOne(group: Group, seed: number, teacherRun: string): Promise<Measured> {
  const base = demoRecipe('alone');
  const epochs = base.train.epochs / (group.pretrained ? 2 : 1);
  const budget = { ...base, train: { ...base.train, epochs, seed } };
  let weights: string | null = null;
  let secondsBefore = 0;
  if (group.pretrained) {
    // Every student of a seed starts from the same one, trained alone for the first half of the budget.
    const recipe = recipeOf({ ...budget, name: 'pretraining', report: { test: false, checkpoint: 'last' } });
    const start = await onlyOnce(`${seed}`, async () => (await finishedRun(recipe)) ?? (await train(recipe)));
    weights = `run:${start.run.id}/last`;
    secondsBefore = start.info.seconds ?? 0;
  }
  const { run, info } = await train(
    recipeOf({
      ...budget,
      name: group.name,
      variant: group.variant,
      ...(group.hooks.length > 0 && {
        teacher: { model: 'builtin:resnet20', weights: `run:${teacherRun}/best` },
        hooks: group.hooks,
      }),
      student: { ...(base.student as object), weights },
      report: { test: group.test, checkpoint: 'best' },
    }),
  );
  const { lines } = await readMetrics(run);
  return {
    experiment: group.name,
    variant: group.variant,
    seed,
    validation: info.best!.validation.accuracy,
    ...(info.test && { test: info.test.accuracy }),
    curve: lines.flatMap((line) => (line.kind === 'validation' ? [line.accuracy] : [])),
    seconds: (info.seconds ?? 0) + secondsBefore,
  };
}

const started = new Map<string, Promise<unknown>>();

/** Two lanes that need the same pretrained student share one. */
function onlyOnce<T>(key: string, work: () => Promise<T>): Promise<T> {
  if (!started.has(key)) started.set(key, work());
  return started.get(key) as Promise<T>;
}

/** The weight whose mean validation accuracy is highest. */
function bestWeight(tried: readonly Measured[], variant: 'tat' | 'kd+tat'): number {
  const byWeight = new Map<number, number>();
  for (const run of tried) {
    const [name, weight] = run.variant.split(' ');
    if (name === variant) byWeight.set(Number(weight), (byWeight.get(Number(weight)) ?? 0) + run.validation);
  }
  return [...byWeight].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
