import { Type } from '@sinclair/typebox';

/** What the schemas of a recipe's parts share. */

export const closed = { additionalProperties: false } as const;

/** A value with one property `type` that says which alternative it is; `discriminator` gives precise errors. */
export const byType = {
  discriminator: { propertyName: 'type' },
  type: 'object',
  required: ['type'],
} as const;

/** A text that is printed as a name. */
export const oneLine = {
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  errorMessage: 'must be one line without control characters',
} as const;

export const Positive = (description: string) => Type.Number({ exclusiveMinimum: 0, description });
export const NonNegative = (description: string) => Type.Number({ minimum: 0, description });
export const Count = (description: string) => Type.Integer({ minimum: 1, description });
