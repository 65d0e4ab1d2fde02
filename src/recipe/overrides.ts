import { InputError } from '../common/errors';
import { type KeyPath, formatKeyPath, parseKeyPath } from './key-path';

/** One `--set`: where, and what to put there; without a value the key is removed. */
export interface Override {
  /** As it was written: `train.epochs=2`. */
  readonly text: string;
  readonly path: KeyPath;
  readonly value?: unknown;
}

/**
 * Reads `train.epochs=2`. What follows the first `=` is JSON, or else a string as it stands
 * (`name=my-run`); nothing removes the key (`teacher=`). Throws `InputError` if it is none of this.
 */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const path = parseKeyPath(text.slice(0, Math.max(equals, 0)));
  if (path === undefined || path.length === 0) {
    throw new InputError(`--set ${text}: write it like train.epochs=2 or hooks[0].weight=0.5`);
  }
  const written = text.slice(equals + 1);
  return written === '' ? { text, path } : { text, path, value: jsonOrString(written) };
}

function jsonOrString(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The value with the overrides put in, in their order; the value given is left as it is. Objects on the way
 * that do not exist are made; whether the keys mean anything is for the schema to say. Throws `InputError`
 * where there is nothing to put a value in: past the end of a list, below a number or string.
 */
export function applyOverrides(value: unknown, overrides: readonly (string | Override)[]): unknown {
  const root = { value: structuredClone(value) };
  for (const given of overrides) {
    const override = typeof given === 'string' ? parseOverride(given) : given;
    apply(root, override);
  }
  return root.value;
}

function apply(root: { value: unknown }, override: Override): void {
  let container: unknown = root;
  let key: string | number = 'value';
  for (const [depth, next] of override.path.entries()) {
    let below = read(container, key);
    if (below === undefined) {
      if (!('value' in override)) return;
      below = typeof next === 'number' ? [] : {};
      write(container, key, below);
    }
    checkHolds(below, next, override, depth);
    container = below;
    key = next;
  }
  if ('value' in override) write(container, key, structuredClone(override.value));
  else remove(container, key);
}

function checkHolds(container: unknown, key: string | number, override: Override, depth: number): void {
  const place = formatKeyPath(override.path.slice(0, depth)) || 'the recipe';
  if (Array.isArray(container)) {
    if (typeof key === 'number' && key <= container.length) return;
    throw new InputError(
      typeof key === 'number'
        ? `--set ${override.text}: ${place} has ${container.length} entries, counted from 0`
        : `--set ${override.text}: ${place} is a list; write ${place}[0] for its first entry`,
    );
  }
  const isObject = typeof container === 'object' && container !== null;
  if (isObject && typeof key === 'string' && key !== '__proto__') return;
  throw new InputError(
    `--set ${override.text}: ${place} is ${isObject ? 'an object' : JSON.stringify(container)}, which has no ${formatKeyPath([key])}`,
  );
}

function read(container: unknown, key: string | number): unknown {
  return Object.hasOwn(container as object, key)
    ? (container as Record<string | number, unknown>)[key]
    : undefined;
}

function write(container: unknown, key: string | number, value: unknown): void {
  (container as Record<string | number, unknown>)[key] = value;
}

function remove(container: unknown, key: string | number): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete (container as Record<string, unknown>)[key];
}
