import type { TSchema } from '@sinclair/typebox';
import type { Catalogue, CatalogueMethod, CatalogueNetwork } from './catalogue';
import { Hook, Recipe, Student, Teacher } from './schema';
import { type JsonSchema, plainSchema } from './plain-schema';

/**
 * The JSON schema (draft 7) of a whole recipe: `schema.ts` with what methods, data formats, augmentations and
 * networks accept. The one schema for validation, where it also fills in the defaults, and for the editor.
 */
export function recipeSchema(catalogue: Catalogue): JsonSchema {
  const schema = plainSchema(Recipe) as JsonSchema & { properties: Record<string, JsonSchema> };
  const { data, hooks, teachers } = schema.properties;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Retort recipe',
    ...schema,
    properties: {
      ...schema.properties,
      data: {
        ...data,
        properties: { ...propertiesOf(data), ...dataProperties(catalogue, propertiesOf(data)) },
      },
      teacher: {
        ...modelSchema(Teacher, catalogue.networks),
        description: 'The trained model to learn from.',
      },
      teachers: {
        type: 'object',
        description: teachers?.description,
        additionalProperties: modelSchema(Teacher, catalogue.networks),
      },
      student: { ...modelSchema(Student, catalogue.networks), description: 'The model to train.' },
      hooks: { ...hooks, items: hookSchema(catalogue.methods) },
    },
  };
}

function dataProperties(
  catalogue: Catalogue,
  properties: Record<string, JsonSchema>,
): Record<string, JsonSchema> {
  return {
    source: {
      description: properties.source?.description,
      ...nameOrObject('data format', 'format', catalogue.formats),
    },
    augment: { ...properties.augment, items: nameOrObject('augmentation', 'type', catalogue.augmentations) },
  };
}

/**
 * Something from a list: an object that a key tells apart, or its name alone where it needs no options.
 * Validation sees objects only (`short-forms.ts`); the names are for the editor.
 */
function nameOrObject(
  title: string,
  key: string,
  entries: readonly { readonly name: string; readonly summary: string; readonly options: TSchema }[],
): JsonSchema {
  const alternatives = entries.map((entry) => {
    const options = optionsSchema(entry.options);
    return {
      ...options,
      description: entry.summary,
      properties: { [key]: { const: entry.name, description: entry.summary }, ...propertiesOf(options) },
      required: [key, ...requiredOf(options)],
    };
  });
  const names = entries
    .filter((entry) => requiredOf(plainSchema(entry.options)).length === 0)
    .map((entry) => entry.name);
  return {
    type: ['string', 'object'],
    examples: names,
    if: { type: 'string' },
    then: {
      enum: names,
      enumDescriptions: entries.filter(({ name }) => names.includes(name)).map(({ summary }) => summary),
    },
    else: oneOf(title, key, alternatives),
  };
}

/** What a method does, and where it comes from. */
function describeMethod({ title, summary, reference, publishedWeight, alsoNeeds }: CatalogueMethod): string {
  const needs = alsoNeeds === undefined ? '' : `\n\nAlso needs: ${alsoNeeds}`;
  const source = reference.url === undefined ? reference.paper : `[${reference.paper}](${reference.url})`;
  return `**${title}**: ${summary}\n\n${source}. Published weight ${publishedWeight}.${needs}`;
}

function hookSchema(methods: readonly CatalogueMethod[]): JsonSchema {
  const hook = plainSchema(Hook);
  const properties = propertiesOf(hook);
  const alternatives = methods.map((method) => {
    const noLayer = {
      not: {},
      doNotSuggest: true,
      errorMessage: `unknown key; ${method.name} compares the outputs of the models and takes no layers`,
    };
    const layer = (model: string): JsonSchema =>
      method.layers === 'several'
        ? {
            type: 'array',
            items: { type: 'string' },
            minItems: 2,
            description: `Layers of the ${model}, shallow to deep.`,
          }
        : {
            type: ['string', 'array'],
            items: { type: 'string' },
            minItems: 2,
            description: `Layer of the ${model}; with lists on both sides, one hook for each pair.`,
          };
    const layers =
      method.hooks === 'logits'
        ? { student: noLayer, teacher: noLayer }
        : { student: layer('student'), teacher: layer('teacher') };
    return {
      ...hook,
      description: method.summary,
      properties: {
        ...properties,
        method: { const: method.name, description: describeMethod(method) },
        ...layers,
        weight: { ...properties.weight, examples: [method.publishedWeight] },
        options: { description: `Options of ${method.name}.`, ...optionsSchema(method.options), default: {} },
      },
      required: method.hooks === 'logits' ? hook.required : [...requiredOf(hook), 'student', 'teacher'],
    };
  });
  return { type: 'object', ...oneOf('method', 'method', alternatives) };
}

/** The built-in networks' names for completion, and what each of them takes as `args`. */
function modelSchema(model: TSchema, networks: readonly CatalogueNetwork[]): JsonSchema {
  const schema = plainSchema(model);
  const properties = propertiesOf(schema);
  return {
    ...schema,
    properties: {
      ...properties,
      model: { ...properties.model, examples: networks.map((network) => `builtin:${network.name}`) },
    },
    allOf: networks.map((network) => ({
      if: { properties: { model: { const: `builtin:${network.name}` } }, required: ['model'] },
      then: { properties: { args: { ...optionsSchema(network.args), default: {} } } },
    })),
  };
}

function oneOf(title: string, key: string, alternatives: readonly JsonSchema[]): JsonSchema {
  return {
    title,
    required: [key],
    discriminator: { propertyName: key },
    oneOf: alternatives,
  };
}

function optionsSchema(options: TSchema): JsonSchema {
  return { ...plainSchema(options), additionalProperties: false };
}

function propertiesOf(schema: JsonSchema | undefined): Record<string, JsonSchema> {
  return (schema?.properties ?? {}) as Record<string, JsonSchema>;
}

function requiredOf(schema: JsonSchema): string[] {
  return (schema.required ?? []) as string[];
}
