import type { Data } from '../data/loader';
import type { TeacherModel } from '../engine/train/teachers';
import type { Score } from '../engine/tasks/classification';
import { TEACHER } from '../recipe/teachers';
import { writePredictions } from '../runs/predictions';
import type { RunInfo } from '../runs/types';
import type { RunWriter } from '../runs/writer';
import { evaluateSplit } from './evaluate';
import { PredictionRecorder } from './prediction-recorder';
import type { Prepared } from './prepare';
import { chanceWarning, weakTeacherWarning } from './warnings';

type Scores = Readonly<Record<string, Score>>;

/**
 * The teachers on the validation split before the first step: what they have to teach. Gives a sentence for each that
 * has little; those that learn are measured as they go.
 */
export async function measureTeachers(
  { teachers, student, data, recipe }: Prepared,
  writer: RunWriter,
): Promise<string[]> {
  const { info } = writer;
  const isKnown = (name: string): boolean =>
    (name === TEACHER ? info.teacher : info.teachers?.[name]) !== undefined;
  const trained = [...teachers].filter(([name, { learns }]) => !learns && !isKnown(name));
  if (trained.length === 0 || data.info.samples.validation === 0) return [];
  const warnings: string[] = [];
  const further: Record<string, Score> = {};
  const atStart =
    recipe.student.weights === null ? undefined : await evaluateSplit(student, data, 'validation');
  for (const [name, teacher] of trained) {
    const score = await measure(name, teacher, data, writer);
    if (name !== TEACHER) further[name] = score;
    const chance = chanceWarning(name, score, data.info.classNames.length);
    const weak = atStart && weakTeacherWarning(name, score, atStart);
    warnings.push(...[chance, weak].filter((warning) => warning !== undefined));
  }
  recordTeachers(writer, 'validation', further, { step: 0, epoch: 0 });
  return warnings;
}

/** One on the validation split; what `teacher` says about each image is kept to be looked at. */
async function measure(name: string, { model }: TeacherModel, data: Data, writer: RunWriter): Promise<Score> {
  if (name !== TEACHER) return evaluateSplit(model, data, 'validation');
  const recorder = new PredictionRecorder(data.info, 0);
  const score = await evaluateSplit(model, data, 'validation', (batch, predictions) =>
    recorder.add(batch, predictions),
  );
  await writePredictions(writer.run, 'teacher', recorder.finish({ step: 0, epoch: 0 }));
  writer.update({ teacher: { validation: score } });
  const { loss, accuracy } = score;
  writer.appendMetric({ kind: 'teacher', step: 0, epoch: 0, loss, accuracy });
  return score;
}

/** The teachers that learn, as they now are, on a split. */
export async function scoreLearningTeachers(
  { teachers, data }: Pick<Prepared, 'teachers' | 'data'>,
  split: 'validation' | 'test',
): Promise<Scores> {
  const scores: Record<string, Score> = {};
  for (const [name, { model, learns }] of teachers) {
    if (learns) scores[name] = await evaluateSplit(model, data, split);
  }
  return scores;
}

/** All teachers on the test split, at the end. */
export async function testTeachers(prepared: Prepared, writer: RunWriter): Promise<void> {
  const { teachers, data } = prepared;
  const scores: Record<string, Score> = {};
  for (const [name, { model, learns }] of teachers) {
    const score = await evaluateSplit(model, data, 'test');
    if (name === TEACHER && !learns) writer.update({ teacher: { ...writer.info.teacher, test: score } });
    else scores[name] = score;
  }
  updateTeachers(writer, 'test', scores);
}

/** Writes scores of teachers by name, where there are some: into the run's record and its metrics. */
export function recordTeachers(
  writer: RunWriter,
  split: 'validation' | 'test',
  scores: Scores,
  place: { readonly step: number; readonly epoch: number },
): void {
  if (Object.keys(scores).length === 0) return;
  updateTeachers(writer, split, scores);
  const teachers = Object.entries(scores).map(
    ([name, { loss, accuracy }]) => [name, { loss, accuracy }] as const,
  );
  writer.appendMetric({ kind: 'teachers', ...place, teachers: Object.fromEntries(teachers) });
}

function updateTeachers(writer: RunWriter, split: 'validation' | 'test', scores: Scores): void {
  if (Object.keys(scores).length === 0) return;
  const teachers: NonNullable<RunInfo['teachers']> = { ...writer.info.teachers };
  for (const [name, score] of Object.entries(scores)) teachers[name] = { ...teachers[name], [split]: score };
  writer.update({ teachers });
}
