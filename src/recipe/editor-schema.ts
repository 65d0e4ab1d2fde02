import type { Catalogue } from './catalogue';
import { recipeSchema } from './full-schema';
import type { JsonSchema } from './plain-schema';

/**
 * The recipe's schema as VS Code's JSON service serves it best: to complete and to explain. It stands in an `if`,
 * where nothing that it finds wrong is told: the extension tells it, in the sentences of the command line and with
 * what no schema can know.
 */
export function editorSchema(catalogue: Catalogue): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Retort recipe',
    allowComments: true,
    allowTrailingCommas: true,
    if: explain(recipeSchema(catalogue)),
  };
}

/** Keywords whose values are the user's, not schemas. */
const VERBATIM = new Set(['default', 'examples', 'enum', 'const']);

/** A copy whose descriptions are Markdown with defaults and bounds, and whose alternatives are offered by name. */
function explain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(explain);
  if (typeof value !== 'object' || value === null) return value;
  const { description, enumDescriptions, ...rest } = value as JsonSchema;
  const text = [description, factsOf(rest)].filter(Boolean).join('\n\n');
  const copy = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [key, VERBATIM.has(key) ? inner : explain(inner)]),
  );
  return {
    ...copy,
    ...(text !== '' && { markdownDescription: text }),
    ...(enumDescriptions !== undefined && { markdownEnumDescriptions: enumDescriptions }),
    ...alternativesByName(rest),
  };
}

/** `Default: 0.9. At least 0, at most 1.` */
function factsOf(schema: JsonSchema): string {
  const bounds = [
    ['at least', schema.minimum],
    ['above', schema.exclusiveMinimum],
    ['at most', schema.maximum],
    ['below', schema.exclusiveMaximum],
  ]
    .filter(([, bound]) => bound !== undefined)
    .map(([relation, bound]) => `${relation as string} ${Number(bound)}`);
  const facts = [
    ...(isTelling(schema.default) ? [`default: \`${JSON.stringify(schema.default)}\``] : []),
    ...bounds,
  ].join(', ');
  return facts === '' ? '' : `${facts[0]!.toUpperCase()}${facts.slice(1)}.`;
}

/** An empty object or list says nothing: it stands for the defaults of what is in it. */
function isTelling(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.keys(value).length > 0;
}

/**
 * For a `oneOf` whose alternatives a key tells apart: all the names at that key, also when one is there already, and
 * each alternative as a whole where nothing is yet.
 */
function alternativesByName({ discriminator, oneOf, properties }: JsonSchema): JsonSchema {
  if (discriminator === undefined) return {};
  const { propertyName } = discriminator as { propertyName: string };
  const entries = (oneOf as AlternativeSchema[]).map((alternative) => ({
    name: alternative.properties[propertyName]!.const as string,
    text: alternative.properties[propertyName]!.description ?? alternative.description ?? '',
    alternative,
  }));
  // The alternative's own text would be told twice.
  const oneOfNamed = entries.map(({ name, alternative }) => {
    const explained = explain(alternative) as AlternativeSchema;
    return { ...explained, properties: { ...explained.properties, [propertyName]: { const: name } } };
  });
  const named = {
    enum: entries.map(({ name }) => name),
    markdownEnumDescriptions: entries.map(({ text }) => text),
  };
  return {
    oneOf: oneOfNamed,
    properties: { ...(properties as object | undefined), [propertyName]: named },
    defaultSnippets: entries.map(({ name, text, alternative }) => ({
      label: name,
      markdownDescription: text,
      body: bodyOf(alternative, propertyName, name),
    })),
  };
}

type AlternativeSchema = JsonSchema & {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};

/** The required keys with stops for the cursor. */
function bodyOf({ properties, required = [] }: AlternativeSchema, key: string, name: string): object {
  const others = required.filter((other) => other !== key);
  // The layers are asked for first, the weight has a published value.
  const sorted = others.sort((a, b) => Number(a === 'weight') - Number(b === 'weight'));
  const body: Record<string, unknown> = { [key]: name };
  for (const [index, other] of sorted.entries()) body[other] = stopOf(properties[other] ?? {}, index + 1);
  return body;
}

/** A stop of the given number; `^` makes the JSON service write the text as it stands, without quotes. */
function stopOf(schema: JsonSchema, number: number): unknown {
  const example = (schema.examples as unknown[] | undefined)?.[0];
  if (schema.type === 'array') return [`^\${${number}}`];
  if (schema.type === 'number' || schema.type === 'integer') return `^\${${number}:${Number(example ?? 1)}}`;
  return `\${${number}}`;
}
