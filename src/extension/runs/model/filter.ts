import { variantOf } from '../../../recipe/names';
import { isReadable, type SeenRun } from '../../common/seen-run';
import { runLabel } from './run-row';

/** Whether every word of a text is in the run's names, tags, note, state or id, whatever the case. */
export function matches(run: SeenRun, text: string): boolean {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const content = textsOf(run).join('\n').toLocaleLowerCase();
  return words.every((word) => content.includes(word));
}

function textsOf(run: SeenRun): string[] {
  const { name = '', note = '', tags = [], star } = run.notes;
  const own = [run.run.id, name, note, ...tags.map((tag) => `#${tag}`), star === true ? '★ star' : ''];
  if (!isReadable(run)) return own;
  const { recipe, state } = run.seen;
  return [...own, recipe.name, variantOf(recipe), runLabel(run), state];
}
