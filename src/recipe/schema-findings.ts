import type { ErrorObject } from 'ajv';
import { amongst, didYouMean, thereAre } from '../common/suggest';
import { type KeyPath, formatKeyPath } from './key-path';
import type { JsonSchema } from './plain-schema';
import type { Finding } from './problem';

/** The validator's errors as sentences; `root` is what was validated. */
export function findingsOf(errors: readonly ErrorObject[], root: unknown): Finding[] {
  return errors.flatMap((error) => findingOf(error, root) ?? []);
}

function findingOf(error: ErrorObject, root: unknown): Finding | undefined {
  const schema = error.parentSchema as JsonSchema;
  const params = error.params as Record<string, string>;
  const path = keyPathOf(error.instancePath, root);
  const at = (message: string): Finding => ({ path: formatKeyPath(path), message });
  const below = (key: string, message: string): Finding => ({ path: formatKeyPath([...path, key]), message });

  switch (error.keyword) {
    case 'additionalProperties': {
      const key = params.additionalProperty!;
      return { ...below(key, `unknown key${amongst(key, keysOf(schema))}`), about: 'key' };
    }
    case 'not':
      return { ...at(ownMessage(error)), about: 'key' };
    case 'required': {
      const key = params.missingProperty!;
      return below(key, `missing${whatIsWanted(schema, key)}`);
    }
    case 'discriminator': {
      const value: unknown = params.tagValue;
      if (value === undefined) return undefined; // "required" has said it
      return below(params.tag!, unknownName(schema, value, alternativesOf(schema)));
    }
    case 'const':
      return at(unknownName(schema, error.data, [schema.const]));
    case 'enum':
      return at(unknownName(schema, error.data, schema.enum as unknown[]));
    case 'if':
      return undefined; // its branch has said it
    default:
      return at(complaint(error, schema));
  }
}

function complaint(error: ErrorObject, schema: JsonSchema): string {
  const found = describeValue(error.data);
  const length = (error.data as { length?: number } | null)?.length;
  switch (error.keyword) {
    case 'type':
      return `${error.instancePath === '' ? 'the recipe ' : ''}must be ${describeTypes(schema)}, not ${found}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `must be ${describeBounds(schema)}, not ${found}`;
    case 'minLength':
      return schema.minLength === 1
        ? 'must not be empty'
        : `must have at least ${Number(schema.minLength)} characters, not ${length}`;
    case 'maxLength':
      return `must have at most ${Number(schema.maxLength)} characters, not ${length}`;
    case 'minItems':
      return `must have at least ${entries(Number(schema.minItems))}, not ${length}`;
    case 'maxItems':
      return `must have at most ${entries(Number(schema.maxItems))}, not ${length}`;
    case 'minProperties':
      return `must have at least one of the keys ${keysOf(schema).join(', ')}`;
    default:
      return `${ownMessage(error)}, not ${found}`;
  }
}

/** What the schema says about a failed check itself, else the validator's words. */
function ownMessage(error: ErrorObject): string {
  const message = (error.parentSchema as JsonSchema).errorMessage ?? error.message;
  return typeof message === 'string' ? message : `must pass "${error.keyword}"`;
}

function unknownName(schema: JsonSchema, value: unknown, known: unknown[]): string {
  const names = known.filter((name) => typeof name === 'string');
  if (typeof value === 'string' && typeof schema.title === 'string') {
    return `no ${schema.title} ${describeValue(value)}${amongst(value, names)}`;
  }
  const wanted = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(known.map(describeValue));
  const suggestion = typeof value === 'string' ? didYouMean(value, names) : '';
  return `must be ${wanted}, not ${describeValue(value)}${suggestion}`;
}

function whatIsWanted(schema: JsonSchema, key: string): string {
  if ('discriminator' in schema) return thereAre(alternativesOf(schema));
  const property = (schema.properties as Record<string, JsonSchema> | undefined)?.[key];
  if (property?.type === undefined) return '';
  const bounds = describeBounds(property);
  return `; it must be ${describeTypes(property)}${bounds && ` ${bounds}`}`;
}

const typeNames: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function describeTypes(schema: JsonSchema): string {
  return [schema.type]
    .flat()
    .map((type) => typeNames[String(type)] ?? String(type))
    .join(' or ');
}

function describeBounds(schema: JsonSchema): string {
  const bounds = [
    ['at least', schema.minimum],
    ['above', schema.exclusiveMinimum],
    ['at most', schema.maximum],
    ['below', schema.exclusiveMaximum],
  ] as const;
  return bounds
    .filter(([, bound]) => bound !== undefined)
    .map(([relation, bound]) => `${relation} ${Number(bound)}`)
    .join(' and ');
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

/** The keys that an object may have, without those that are listed only to be refused. */
function keysOf(schema: JsonSchema): string[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  return Object.keys(properties).filter((key) => properties[key]?.doNotSuggest !== true);
}

/** The names that tell the alternatives of a `oneOf` with a discriminator apart. */
function alternativesOf(schema: JsonSchema): string[] {
  const { propertyName } = schema.discriminator as { propertyName: string };
  return (schema.oneOf as { properties: Record<string, JsonSchema> }[]).map((alternative) =>
    String(alternative.properties[propertyName]?.const),
  );
}

/** A JSON pointer into `root` as a key path: what counts the entries of a list becomes a number. */
function keyPathOf(pointer: string, root: unknown): KeyPath {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const text = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(value) ? Number(text) : text;
      value = (value as Record<string | number, unknown>)[key];
      return key;
    });
}
