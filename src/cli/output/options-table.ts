import type { TSchema } from '@sinclair/typebox';
import { table } from './table';

/** The options that a JSON schema of an object describes: name, default, what it may be, what it is. */
export function optionsTable(schema: TSchema): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>);
  if (properties.length === 0) return 'no options';
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return table(
    [{ title: 'option' }, { title: 'default' }, { title: 'value' }, { title: '' }],
    properties.map(([name, option]) => [
      name,
      defaultOf(option, required.has(name)),
      valuesOf(option),
      option.description ?? '',
    ]),
  );
}

function defaultOf(option: TSchema, required: boolean): string {
  if (option.default !== undefined) return JSON.stringify(option.default);
  return required ? 'required' : '–';
}

/** What a value may be: `number > 0`, `"mean" or "batch"`, `integer 1 … 8`. */
function valuesOf(option: TSchema): string {
  const alternatives = (option.anyOf ?? option.oneOf) as TSchema[] | undefined;
  if (alternatives !== undefined) return alternatives.map(valuesOf).join(' or ');
  if (option.const !== undefined) return JSON.stringify(option.const);
  if (Array.isArray(option.enum)) return option.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (option.type === 'array') return `list${option.items ? ` of ${valuesOf(option.items as TSchema)}` : ''}`;
  const type = typeof option.type === 'string' ? option.type : 'any value';
  return [type, rangeOf(option as Range)].filter((part) => part !== '').join(' ');
}

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Range): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} … ${maximum}`;
  const bounds = [
    exclusiveMinimum !== undefined && `> ${exclusiveMinimum}`,
    minimum !== undefined && `≥ ${minimum}`,
    exclusiveMaximum !== undefined && `< ${exclusiveMaximum}`,
    maximum !== undefined && `≤ ${maximum}`,
  ];
  return bounds.filter((bound) => bound !== false).join(', ');
}
