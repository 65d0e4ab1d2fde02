import { InputError } from '../common/errors';
import { parseReference, type RunReference } from '../recipe/reference';
import type { Recipe } from '../recipe/schema';
import { teachersOf } from '../recipe/teachers';
import { type CheckpointInfo, CheckpointStore } from './checkpoints';
import { type ListedRun, listRuns, type ReadableRun, type RunFolder } from './folder';
import { readNotes } from './notes';
import { acquireRunLock, isHeld } from './run-lock';

export interface PrunedCheckpoint {
  readonly run: RunFolder;
  readonly step: number;
  readonly bytes: number;
}

/**
 * Removes the checkpoints that nothing needs. What is needed: of each run the checkpoint that its recipe reports, which
 * is what `run:ID` stands for; of a run that can still be resumed the last and the best; what another run's recipe
 * refers to; everything of starred runs and of those that a process holds. With `dryRun` nothing is removed; the answer
 * is the same. Throws `InputError` where a run cannot be read: what it refers to is then unknown.
 */
export async function pruneRuns(
  retortFolder: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<PrunedCheckpoint[]> {
  const runs = (await listRuns(retortFolder)).map(readable);
  const references = runs.flatMap(({ run, recipe }) =>
    runReferences(recipe).filter((reference) => reference.id !== run.id),
  );
  const pruned: PrunedCheckpoint[] = [];
  for (const entry of runs) {
    const { run } = entry;
    if ((await isHeld(run)) || (await readNotes(run)).star === true) continue;
    const referred = references.filter((reference) => reference.id === run.id);
    const unneeded = await unneededCheckpoints(entry, referred);
    if (!dryRun && unneeded.length > 0) await removeCheckpoints(run, unneeded);
    pruned.push(...unneeded.map(({ step, bytes }) => ({ run, step, bytes })));
  }
  return pruned;
}

function readable(entry: ListedRun): ReadableRun {
  if (!('unreadable' in entry)) return entry;
  throw new InputError(
    `Run ${entry.run.id} cannot be read, so what it refers to is not known (${entry.unreadable}); mend or delete it first`,
  );
}

/** The runs that a recipe starts from. */
function runReferences(recipe: Recipe): RunReference[] {
  const models = [recipe.student, ...teachersOf(recipe).map(({ reference }) => reference)];
  return models
    .flatMap(({ model, weights }) => [model, weights])
    .filter((text): text is string => text?.startsWith('run:') === true)
    .map(parseReference)
    .filter((reference) => reference.kind === 'run');
}

async function unneededCheckpoints(
  { run, info, recipe }: ReadableRun,
  referred: readonly RunReference[],
): Promise<CheckpointInfo[]> {
  const checkpoints = await new CheckpointStore(run).list();
  const needed = new Set(referred.map((reference) => reference.checkpoint));
  needed.add(recipe.report.checkpoint);
  if (info.state !== 'done') needed.add('best').add('last');
  if (!checkpoints.some((checkpoint) => checkpoint.best)) needed.add('last');
  return checkpoints.filter(
    (checkpoint) =>
      !needed.has(`step-${checkpoint.step}`) &&
      !(needed.has('best') && checkpoint.best) &&
      !(needed.has('last') && checkpoint === checkpoints.at(-1)),
  );
}

async function removeCheckpoints(run: RunFolder, checkpoints: readonly CheckpointInfo[]): Promise<void> {
  const lock = await acquireRunLock(run);
  try {
    const store = new CheckpointStore(run);
    for (const checkpoint of checkpoints) await store.remove(checkpoint.step);
  } finally {
    lock.release();
  }
}
