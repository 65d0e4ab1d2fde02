import { amongst } from '../common/suggest';
import type { Finding } from './problem';
import type { TrainSettings, TrainStage } from './schema';
import { hooksNamed, stagesOf } from './stages';

/**
 * What must hold of the stages of a recipe.
 * @param hooks the names of all its hooks' terms
 */
export function checkStages(train: TrainSettings, hooks: readonly string[]): Finding[] {
  const { stages } = train;
  if (stages === undefined) return [];
  return [
    ...checkEpochs(train.epochs, stages),
    ...checkLast(stages),
    ...stages.flatMap((stage, index) => checkPatterns(stage, `train.stages[${index}]`, hooks)),
    ...stagesOf(train, hooks).flatMap((stage, index) => {
      if (stage.task || stage.hooks.size > 0) return [];
      const message = "nothing is learnt in it: neither the task's loss counts nor a hook";
      return [{ path: `train.stages[${index}]`, message }];
    }),
  ];
}

function checkEpochs(epochs: number, stages: readonly TrainStage[]): Finding[] {
  const sum = stages.reduce((total, stage) => total + stage.epochs, 0);
  // Fractions of epochs need not add up to the last bit.
  if (Math.abs(sum - epochs) < 1e-9 * epochs) return [];
  const message = `must be the sum of the stages' epochs, ${Number(sum.toPrecision(12))}, not ${epochs}`;
  return [{ path: 'train.epochs', message }];
}

/** What is learnt beforehand is for a stage that follows, in which the student learns. */
function checkLast(stages: readonly TrainStage[]): Finding[] {
  if (stages.at(-1)!.pretrain !== true) return [];
  const message = 'no stage follows in which the student learns; add one';
  return [{ path: `train.stages[${stages.length - 1}].pretrain`, message }];
}

function checkPatterns(
  { hooks: patterns = [], pretrain, task, learn }: TrainStage,
  path: string,
  hooks: readonly string[],
): Finding[] {
  const unknown = patterns.flatMap((pattern, index) =>
    hooksNamed(pattern, hooks).length > 0
      ? []
      : [{ path: `${path}.hooks[${index}]`, message: `no hook "${pattern}"${amongst(pattern, [...hooks])}` }],
  );
  if (pretrain !== true) return unknown;
  const useless = [...(task === true ? ['task'] : []), ...(learn === undefined ? [] : ['learn'])].map(
    (key) => ({
      path: `${path}.${key}`,
      message: 'nothing of the student learns in a stage with "pretrain"; remove it',
      about: 'key' as const,
    }),
  );
  return [...unknown, ...useless];
}
