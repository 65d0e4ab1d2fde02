import { formatKeyPath, parseKeyPath } from '../recipe/key-path';
import type { Recipe } from '../recipe/schema';
import { type RecipeDifference, recipeDifferences } from './differences';

/**
 * What tells recipes of one variant apart, in few words for each: `['weight 0.5']`, `['teacher k3f9', 'lr 0.1']`.
 * A difference that tells none apart that others have not told apart already is left out.
 */
export function tellApart(recipes: readonly Recipe[]): string[][] {
  const telling = tellingDifferences(recipes);
  const names = telling.map(({ path }) => shortName(path));
  const shown = telling.map(({ path, values }, index) => {
    const name = names[index]!;
    const isOnly = names.indexOf(name) === names.lastIndexOf(name);
    return shortTexts(values).map((text) =>
      text === undefined ? `no ${isOnly ? name : path}` : `${isOnly ? name : path} ${text}`,
    );
  });
  return recipes.map((_, index) => shown.map((texts) => texts[index]!));
}

/** The first of the differences that suffice, those that each recipe has a value for before others. */
function tellingDifferences(recipes: readonly Recipe[]): RecipeDifference[] {
  const differences = recipeDifferences(recipes);
  const isWhole = ({ values }: RecipeDifference): boolean => !values.includes(undefined);
  const ordered = [...differences.filter(isWhole), ...differences.filter((one) => !isWhole(one))];
  let told = recipes.map(() => '');
  return ordered.filter(({ values }) => {
    const further = told.map((before, index) => JSON.stringify([before, JSON.stringify(values[index])]));
    const tells = new Set(further).size > new Set(told).size;
    if (tells) told = further;
    return tells;
  });
}

/** Keys that say less than the entry that they are of: a teacher's weights are the teacher. */
const keysOfParents = new Set(['model', 'weights', 'type', 'format', 'path']);

/** `teacher.weights` → `teacher`, `hooks[0].options.temperature` → `temperature` */
function shortName(path: string): string {
  const keys = [...parseKeyPath(path)!];
  if (keys.length > 1 && keysOfParents.has(String(keys.at(-1)))) keys.pop();
  const start = keys.findLastIndex((key) => typeof key === 'string');
  return formatKeyPath(keys.slice(start));
}

/** As short as different values stay different; undefined for those that are absent. */
function shortTexts(values: readonly unknown[]): (string | undefined)[] {
  const whole = values.map(textOf);
  const count = new Set(whole).size;
  const ways = [lastName, withoutTime].map((shorten) =>
    values.map((value, index) => (typeof value === 'string' ? shorten(value) : whole[index])),
  );
  return ways.find((texts) => new Set(texts).size === count) ?? whole;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const runReference = /^run:\d{8}-\d{6}-(\w{4})(\/.+)?$/;

/** `run:20261122-101500-k3f9/best` → `k3f9`, `models/resnet.ts#small` → `small` */
function lastName(text: string): string {
  return runReference.exec(text)?.[1] ?? text.replace(/^.*[#:/]/, '');
}

/** `run:20261122-101500-k3f9/best` → `k3f9/best` */
function withoutTime(text: string): string {
  return text.replace(runReference, '$1$2');
}
