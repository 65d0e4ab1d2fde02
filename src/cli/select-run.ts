import { InputError } from '../common/errors';
import { listRuns, openRun, type RunFolder } from '../runs/folder';

export const RUN_ARGUMENT = "a run's id, its beginning if no other run has the same, or `last`";

/** The run that was meant by an id, the beginning of one, or `last`; throws `InputError` if that is none or many. */
export async function selectRun(retortFolder: string, text: string): Promise<RunFolder> {
  const ids = (await listRuns(retortFolder)).map(({ run }) => run.id);
  if (ids.length === 0)
    throw new InputError(`There are no runs in ${retortFolder}; start one with retort run`);
  const matching = text === 'last' ? ids.slice(-1) : ids.filter((id) => id.startsWith(text));
  const [id, ...others] = matching;
  if (id === undefined) {
    throw new InputError(`There is no run "${text}" in ${retortFolder}; retort list shows those there are`);
  }
  if (others.length > 0 && !matching.includes(text)) {
    throw new InputError(`"${text}" is the beginning of ${matching.length} runs: ${examples(matching)}`);
  }
  return openRun(retortFolder, matching.includes(text) ? text : id);
}

function examples(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} …`;
}
