import picomatch from 'picomatch';
import type { ScheduleSettings, TrainSettings, TrainStage } from './schema';

/** One stage of training with nothing left open. */
export interface Stage {
  readonly name: string | undefined;
  readonly epochs: number;
  /** The names of the terms of the hooks that count. */
  readonly hooks: ReadonlySet<string>;
  /** Whether the loss of the task counts. */
  readonly task: boolean;
  /** Globs over the names of the student's weights that learn; undefined: all. */
  readonly learn: readonly string[] | undefined;
  readonly lr: number;
  readonly schedule: ScheduleSettings;
  /** Teaches the methods their own weights; nothing of the student learns. */
  readonly pretrain: boolean;
}

/**
 * The stages of a recipe's training; one in which everything counts where it names none.
 * @param hooks the names of all its hooks' terms
 */
export function stagesOf(train: TrainSettings, hooks: readonly string[]): Stage[] {
  const stages: readonly TrainStage[] = train.stages ?? [{ epochs: train.epochs }];
  return stages.map((stage) => ({
    name: stage.name,
    epochs: stage.epochs,
    hooks: new Set(stage.hooks?.flatMap((pattern) => hooksNamed(pattern, hooks)) ?? hooks),
    task: stage.task ?? stage.pretrain !== true,
    learn: stage.learn,
    lr: stage.lr ?? train.optimizer.lr,
    schedule: stage.schedule ?? train.schedule,
    pretrain: stage.pretrain ?? false,
  }));
}

/** Those that a name or a glob means; layers' names may hold slashes, which a star matches here. */
export function hooksNamed(pattern: string, hooks: readonly string[]): string[] {
  if (hooks.includes(pattern)) return [pattern];
  const matches = picomatch(pattern, { dot: true, bash: true });
  return hooks.filter((hook) => matches(hook));
}
