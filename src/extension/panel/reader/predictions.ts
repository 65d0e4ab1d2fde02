import type { Predictions } from '../../../protocol/panel-sections';
import type { RunFolder } from '../../../runs/folder';
import {
  confusionMatrix,
  type Predictions as ReadPredictions,
  readPredictions,
} from '../../../runs/predictions';

/** What the panel shows of a run's predictions at its best evaluation; undefined where it keeps none (yet). */
export async function panelPredictions(
  run: RunFolder,
  baseline: readonly RunFolder[],
): Promise<Predictions | undefined> {
  const read = await readPredictions(run, 'best');
  if (read === undefined) return undefined;
  // A damaged baseline is told in its own panel.
  const others = await Promise.all(
    baseline.map((other) => readPredictions(other, 'best').catch(() => undefined)),
  );
  const baselineConfusion = meanConfusion(
    others.filter((other) => other !== undefined),
    read,
  );
  return {
    step: read.step,
    epoch: read.epoch,
    classes: [...read.classNames],
    worst: read.pictures.map((_, index) => predictionOf(read, index)),
    confusion: confusionMatrix(read),
    ...(baselineConfusion && { baselineConfusion }),
  };
}

/** The mean confusion matrix of runs on the same classes, scaled to as many images as `like` has. */
export function meanConfusion(
  runs: readonly Pick<ReadPredictions, 'classNames' | 'truth' | 'predicted'>[],
  like: Pick<ReadPredictions, 'classNames' | 'truth'>,
): Float64Array | undefined {
  const classes = like.classNames.length;
  const alike = runs.filter(({ classNames, truth }) => classNames.length === classes && truth.length > 0);
  if (alike.length === 0) return undefined;
  const mean = new Float64Array(classes * classes);
  for (const run of alike) {
    const scale = like.truth.length / run.truth.length / alike.length;
    for (const [cell, count] of confusionMatrix(run).entries()) mean[cell]! += count * scale;
  }
  return mean;
}

function predictionOf(read: ReadPredictions, picture: number): Predictions['worst'][number] {
  const { sample, width, height, channels, pixels } = read.pictures[picture]!;
  const studentProbability = read.probability[sample];
  const teacherProbability = read.teacher?.probability[sample];
  return {
    index: sample,
    picture: { width, height, channels, pixels },
    truth: read.truth[sample]!,
    student: read.predicted[sample]!,
    ...(read.teacher && { teacher: read.teacher.predicted[sample]! }),
    ...(studentProbability != null && { studentProbability }),
    ...(teacherProbability != null && { teacherProbability }),
  };
}
