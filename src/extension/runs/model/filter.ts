import { variantOf } from '../../../recipe/names';
import { isReadable, type SeenRun } from '../../common/seen-run';
import { runLabel } from './run-row';

/**
 * Makes a filter of a text: each of its words, or phrases in quotes, is in the run's names, tags, note, state or id,
 * whatever the case.
 */
export function filterOf(text: string): (run: SeenRun) => boolean {
  const words = [...text.toLocaleLowerCase().matchAll(/"([^"]+)"?|[^\s"]+/g)].map(
    ([word, phrase]) => phrase ?? word,
  );
  if (words.length === 0) return () => true;
  return (run) => {
    const content = textsOf(run).join('\n').toLocaleLowerCase();
    return words.every((word) => content.includes(word));
  };
}

function textsOf(run: SeenRun): string[] {
  const { name = '', note = '', tags = [], star } = run.notes;
  const own = [run.run.id, name, note, ...tags.map((tag) => `#${tag}`), star === true ? '★ star' : ''];
  if (!isReadable(run)) return own;
  const { recipe, state } = run.seen;
  return [...own, recipe.name, variantOf(recipe), runLabel(run), state];
}
