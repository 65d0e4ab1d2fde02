import type { Data } from '../data/loader';
import type { SplitName } from '../data/batch-maker';
import { evaluateClassification, type Score } from '../engine/tasks/classification';
import type { Model } from '../engine/models/model';

/** Evaluation keeps no gradients, so its batches can be larger than training's. */
const EVALUATION_BATCH = 256;

/** Evaluates a model on a whole split, in inference mode. */
export async function evaluateSplit(
  model: Model,
  data: Data,
  split: SplitName,
  observe?: Parameters<typeof evaluateClassification>[2],
): Promise<Score> {
  const source = data.batches({ split, batchSize: EVALUATION_BATCH, training: false });
  try {
    return await evaluateClassification(model, source, observe);
  } finally {
    await source.close();
  }
}
