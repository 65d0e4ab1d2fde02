import { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import type { TeacherClassifier } from '../recipe/classifier-schema';
import type { MixedBatch } from '../recipe/mixing';
import type { Recipe } from '../recipe/schema';
import type { Score } from '../runs/types';

/**
 * What the inspector answers: a short-lived process that builds models and touches data on behalf of the command
 * line and the editor, and can be killed. JSON-RPC over the process's IPC channel.
 */

/** Where a question is asked: which workspace, with which backend. */
export interface Setting {
  /** Absolute path; relative paths of a resolved recipe start here, and model code must lie in it. */
  readonly workspace: string;
  /** The workspace's `.retort` folder, for `run:` references. */
  readonly retort: string;
  /** `auto`, `gpu`, `cpu`, `webgpu` or `wasm`. */
  readonly backend: string;
}

/** An error in the recipe that only the real models or data show. */
export interface Problem {
  /** `hooks[1].student`; empty for the whole recipe. */
  readonly path: string;
  readonly message: string;
}

export interface LayerSummary {
  readonly id: string;
  readonly className: string;
  /** Without the batch. */
  readonly outputShape: readonly (number | null)[];
  readonly parameters: number;
  /** For one sample; a multiply-add counts as two. */
  readonly flops: number;
  /** The calls in the user's sources that made it, the innermost first; none for a built-in or a saved model. */
  readonly places: readonly SourcePlace[];
}

/** A place in a source file; line and column from 1. */
export interface SourcePlace {
  /** Relative to the workspace, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ModelSummary {
  readonly reference: string;
  readonly parameters: number;
  readonly flops: number;
  readonly endsInSoftmax: boolean;
  /** Height and width of the images that it sees, where they are smaller than the data's. */
  readonly imageSize?: readonly [number, number];
  readonly layers: readonly LayerSummary[];
  /** The user's files that it was made from, as they were then; `path` as in `SourcePlace`. */
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
}

export interface CheckReport {
  readonly backend: string;
  readonly data: {
    readonly classes: number;
    readonly imageShape: readonly number[];
    readonly samples: { readonly train: number; readonly validation: number; readonly test: number };
  };
  readonly student: ModelSummary;
  readonly teacher?: ModelSummary;
  /** Further teachers, by name. */
  readonly teachers?: Readonly<Record<string, ModelSummary>>;
  readonly hooks: readonly {
    readonly name: string;
    /** The shapes of what is hooked, with the batch first. */
    readonly student: readonly (readonly number[])[];
    readonly teacher: readonly (readonly number[])[];
    /** What was put in front of the method because it refuses the shapes as they are. */
    readonly adapter?: string;
    readonly weight: number;
    readonly parameters: number;
  }[];
  readonly steps: number;
  readonly mixing?: MixedBatch;
  /** Real training steps of each stage, timed after a first one; bytes are the process's peak resident size. */
  readonly trial?: {
    readonly stages: readonly {
      readonly name?: string;
      readonly steps: number;
      /** Of its first step, on the weights as they come. */
      readonly loss: number;
      readonly terms: Readonly<Record<string, number>>;
      readonly secondsPerStep: number;
    }[];
    /** Mean over the training. */
    readonly secondsPerStep: number;
    readonly estimatedSeconds: number;
    readonly peakMemoryBytes: number;
  };
  readonly warnings: readonly string[];
}

export interface CheckQuestion extends Setting {
  readonly recipe: Recipe;
  /** Also take a training step, for time and memory. */
  readonly trial: boolean;
}

export type CheckAnswer = { readonly problems: readonly Problem[] } | { readonly report: CheckReport };

/** Checks a resolved recipe against its data and models. */
export const CheckRequest = new RequestType<CheckQuestion, CheckAnswer, void>('check');

/** A model without its weights. */
export interface NamedModel {
  readonly model: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ModelQuestion extends Setting, NamedModel {
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** What it ends in instead of its own last layers: the classifier of this teacher. */
  readonly teacherClassifier?: TeacherClassifier & { readonly teacher: NamedModel };
}

/** Describes one model. */
export const ModelRequest = new RequestType<ModelQuestion, ModelSummary, void>('model');

export interface EvaluateQuestion extends Setting {
  readonly recipe: Recipe;
  readonly split: 'validation' | 'test';
}

export interface EvaluateAnswer {
  readonly score: Score;
  /** One line: which device did the work. */
  readonly backend: string;
}

/** Evaluates the student of a recipe, with its weights, on a split of the recipe's data. */
export const EvaluateRequest = new RequestType<EvaluateQuestion, EvaluateAnswer, void>('evaluate');

export interface ExportQuestion extends Setting {
  readonly recipe: Recipe;
  /** Absolute path. */
  readonly folder: string;
}

/** Writes the student of a recipe, with its weights, as a TensorFlow.js model to a folder. */
export const ExportRequest = new RequestType<ExportQuestion, null, void>('export');

/**
 * What the inspector is at; stages that run a user's code have a time limit, which the asker enforces, and a memory
 * limit, which it gives the inspector as its first argument, in bytes.
 */
export const StageNotification = new NotificationType<{
  readonly stage: string;
  readonly runsUserCode: boolean;
}>('stage');

/** What the inspector says on stderr when it ends itself for the memory that user code takes. */
export const OUT_OF_MEMORY = 'retort: out of memory';

/** JSON-RPC error code of an `InputError`: the message is for the user as it stands. */
export const INPUT_ERROR = 2;
