/**
 * Something the user gave is wrong: a recipe, a model file, a dataset, an option.
 * The message is one sentence: what, where, what to do. Programs exit with code 2 on it.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code (`ENOENT`, `ENOSPC` …), if there is one. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
