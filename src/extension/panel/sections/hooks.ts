import * as l10n from '@vscode/l10n';
import { epochText } from '../../../common/format';
import type { HookRow } from '../../../protocol/panel-sections';
import { hookPairs } from '../../../recipe/hook-pairs';
import { loadCatalogue } from '../../../recipe/load-catalogue';
import type { Hook, HookSchedule } from '../../../recipe/schema';
import type { ReadableRun } from '../../../runs/folder';

/**
 * A row for each hook, or pair of layers of one: what the recipe says, and what was found out when the models were
 * built.
 */
export function hookRowsOf({ recipe, info }: ReadableRun): HookRow[] {
  const facts = new Map(info.hooks?.map((hook) => [hook.name, hook]));
  return hookPairs(recipe, loadCatalogue().methods).map(({ name, hook }) => {
    const known = facts.get(name);
    return {
      name,
      method: hook.method,
      student: known?.student ?? layers(hook.student),
      teacher: known?.teacher ?? layers(hook.teacher),
      weight: hook.weight,
      ...scheduleOf(hook),
      ...(known?.adapter !== undefined && { adapter: known.adapter }),
      ...(known && { parameters: known.parameters }),
    };
  });
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
