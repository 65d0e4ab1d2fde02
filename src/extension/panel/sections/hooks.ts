import * as l10n from '@vscode/l10n';
import { epochText } from '../../../common/format';
import type { HookRow } from '../../../protocol/panel-sections';
import { type HookPair, hookPairs } from '../../../recipe/hook-pairs';
import { loadCatalogue } from '../../../recipe/load-catalogue';
import type { Hook, HookSchedule } from '../../../recipe/schema';
import type { ReadableRun } from '../../../runs/folder';
import type { HookFacts } from '../../../runs/types';

/**
 * A row for each hook, or pair of layers of one, in each of its directions: what the recipe says, and what was found
 * out when the models were built.
 */
export function hookRowsOf({ recipe, info }: ReadableRun): HookRow[] {
  return hookPairs(recipe, loadCatalogue().methods).flatMap((pair) => {
    const known = info.hooks?.filter((facts) => isOf(pair, facts)) ?? [];
    return known.length === 0 ? [rowOf(pair, undefined)] : known.map((facts) => rowOf(pair, facts));
  });
}

/** Where teachers learn too, their side of a hook is named after them. */
function isOf({ name }: HookPair, facts: HookFacts): boolean {
  return facts.name === (facts.learner === undefined ? name : `${facts.learner}/${name}`);
}

function rowOf({ name, hook }: HookPair, known: HookFacts | undefined): HookRow {
  return {
    name: known?.name ?? name,
    method: hook.method,
    student: known?.student ?? layers(hook.student),
    teacher: known?.teacher ?? layers(hook.teacher),
    weight: hook.weight,
    ...scheduleOf(hook),
    ...(known?.adapter !== undefined && { adapter: known.adapter }),
    ...(known && { parameters: known.parameters }),
  };
}

function layers(given: Hook['student']): HookRow['student'] {
  return given === undefined ? [{}] : [given].flat().map((layer) => ({ layer }));
}

function scheduleOf({ schedule }: Hook): { readonly schedule?: string } {
  return schedule === undefined || schedule.type === 'constant' ? {} : { schedule: inWords(schedule) };
}

function inWords(schedule: Exclude<HookSchedule, { type: 'constant' }>): string {
  switch (schedule.type) {
    case 'warmup':
      return l10n.t('grows from 0 over {0} epochs', epochText(schedule.epochs));
    case 'linear':
      return l10n.t('changes evenly to {0} times', schedule.to);
    case 'cosine':
      return l10n.t('changes along a cosine to {0} times', schedule.to);
  }
}
