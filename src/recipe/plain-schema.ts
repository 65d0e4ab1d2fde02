/** A JSON schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A copy of a TypeBox schema in the form that validators and editors serve best:
 * - TypeBox writes every union as `anyOf`, at which each alternative complains in turn. An `enum`, a list of
 *   types or a `oneOf` with a discriminator gives one exact error and exact completions.
 *   Any other union is refused: it would have neither.
 * - TypeBox bounds a tuple by `maxItems` and by `additionalItems`, which would both complain of an entry too many.
 * - TypeBox requires keys that have a default. Validation fills them in first; an editor would ask for them.
 */
export function plainSchema(schema: object): JsonSchema {
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, plainValue(value)]));
  return narrowUnion(relaxRequired(boundOnce(copy)));
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  return typeof value === 'object' && value !== null ? plainSchema(value) : value;
}

function boundOnce(schema: JsonSchema): JsonSchema {
  const { additionalItems, ...rest } = schema;
  return additionalItems === false && 'maxItems' in rest ? rest : schema;
}

function relaxRequired(schema: JsonSchema): JsonSchema {
  const { required, properties } = schema;
  if (!Array.isArray(required) || properties === undefined) return schema;
  const hasDefault = (key: string) => 'default' in ((properties as Record<string, object>)[key] ?? {});
  return { ...schema, required: (required as string[]).filter((key) => !hasDefault(key)) };
}

function narrowUnion(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf)) return schema;
  const alternatives = anyOf as JsonSchema[];
  if ('discriminator' in rest) return { ...rest, oneOf: alternatives };
  if (alternatives.every((alternative) => 'const' in alternative)) {
    const described = alternatives.every((alternative) => 'description' in alternative);
    return {
      ...rest,
      enum: alternatives.map((alternative) => alternative.const),
      ...(described && { enumDescriptions: alternatives.map((alternative) => alternative.description) }),
    };
  }
  const types = alternatives.map((alternative) => alternative.type);
  const apart = types.every((type, index) => typeof type === 'string' && types.indexOf(type) === index);
  const free = alternatives.every((alternative) => !('const' in alternative) && !('enum' in alternative));
  if (apart && free) return { ...mergeAll(alternatives), ...rest, type: types };
  throw new Error('A union must be of literals, of different types, or have a discriminator');
}

function mergeAll(schemas: readonly JsonSchema[]): JsonSchema {
  return Object.fromEntries(schemas.flatMap((schema) => Object.entries(schema)));
}
