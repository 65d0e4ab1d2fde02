import {
  Kind,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TUnsafe,
  Type,
  TypeRegistry,
} from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** What the schemas of the panel's messages are made of. They are checked without `eval`, which the page forbids. */

/** An object with these entries and no others. */
export function closed<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false });
}

/** One of these texts. */
export function oneOf<const Text extends string>(...texts: Text[]): TUnsafe<Text> {
  return Type.Unsafe<Text>(Type.Union(texts.map((text) => Type.Literal(text))));
}

/** Numbers of a chart or a matrix; NaN where there is none. Never a Node `Buffer`, nor a view of a part of one. */
export const Numbers = typedArray<Float64Array>('Float64Array');

/** Bytes of a file or of pixels. */
export const Bytes = typedArray<Uint8Array>('Uint8Array');

/** Whether a message is what the schema says. */
export function fits<Schema extends TSchema>(schema: Schema, message: unknown): message is Static<Schema> {
  return Value.Check(schema, message);
}

/** An array that came through `postMessage` may be of another realm, so it is known by its tag. */
function typedArray<Elements>(name: string): TUnsafe<Elements> {
  TypeRegistry.Set(name, (_schema, value) => Object.prototype.toString.call(value) === `[object ${name}]`);
  return Type.Unsafe<Elements>({ [Kind]: name });
}
