import { InputError } from '../common/errors';

/** A checkpoint of a run, by its role or by the number of finished optimizer steps. */
export type CheckpointName = 'best' | 'last' | `step-${number}`;

export interface RunReference {
  readonly kind: 'run';
  readonly id: string;
  /** Absent: the weights that the run itself exports at its end. */
  readonly checkpoint?: CheckpointName;
}

/** What a recipe's `model` or `weights` names. Paths are as written: see `resolve.ts` for what they start from. */
export type Reference =
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'module'; readonly file: string; readonly exportName: string }
  | { readonly kind: 'file'; readonly file: string }
  | RunReference;

const runId = /^\d{8}-\d{6}-[a-z0-9]{4}$/;
const checkpointName = /^(best|last|step-(0|[1-9]\d{0,14}))$/;
const exportedName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Whether a text is the id of a run, as in `20261122-101500-k3f9`: date, time (UTC), four letters or digits. */
export function isRunId(text: string): boolean {
  return runId.test(text);
}

export function isCheckpointName(text: string): text is CheckpointName {
  return checkpointName.test(text);
}

/**
 * Reads `builtin:resnet20`, `models/resnet.ts#resnet20`, `models/teacher/model.json` or
 * `run:20261122-101500-k3f9/best`. Whether what it names exists is not looked at.
 * Throws `InputError` whose message continues a place: `student.model: <message>`.
 */
export function parseReference(text: string): Reference {
  if (text.startsWith('builtin:')) return { kind: 'builtin', name: text.slice('builtin:'.length) };
  if (text.startsWith('run:')) return parseRunReference(text);
  const hash = text.lastIndexOf('#');
  if (hash > 0) return parseModuleReference(text.slice(0, hash), text.slice(hash + 1));
  if (text.toLowerCase().endsWith('.json')) return { kind: 'file', file: text };
  if (/\.[cm]?[jt]sx?$/i.test(text)) {
    throw new InputError(`"${text}" does not say which export builds the model; write ${text}#NAME`);
  }
  throw new InputError(
    `"${text}" names no model; write builtin:NAME, PATH.ts#EXPORT, a model.json or run:ID`,
  );
}

/** Reads `run:20261122-101500-k3f9[/best|/last|/step-N]`; throws `InputError` like `parseReference`. */
export function parseRunReference(text: string): RunReference {
  const [id = '', checkpoint, ...rest] = text.slice('run:'.length).split('/');
  if (!text.startsWith('run:') || !isRunId(id)) {
    throw new InputError(`"${text}" is not the id of a run; write it like run:20261122-101500-k3f9`);
  }
  if (checkpoint === undefined) return { kind: 'run', id };
  if (rest.length > 0 || !isCheckpointName(checkpoint)) {
    throw new InputError(`"${text}" names no checkpoint; after the run's id comes /best, /last or /step-N`);
  }
  return { kind: 'run', id, checkpoint };
}

function parseModuleReference(file: string, exportName: string): Reference {
  if (!exportedName.test(exportName)) {
    throw new InputError(`"${exportName}" is not the name of an export; write ${file}#NAME`);
  }
  return { kind: 'module', file, exportName };
}

/** The text that `parseReference` reads back to the same. */
export function formatReference(reference: Reference): string {
  switch (reference.kind) {
    case 'builtin':
      return `builtin:${reference.name}`;
    case 'module':
      return `${reference.file}#${reference.exportName}`;
    case 'file':
      return reference.file;
    case 'run':
      return `run:${reference.id}${reference.checkpoint === undefined ? '' : `/${reference.checkpoint}`}`;
  }
}
