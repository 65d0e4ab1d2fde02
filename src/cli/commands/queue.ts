import * as path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { plural } from '../../common/format';
import { InputError } from '../../common/errors';
import { findForsaken, reviveQueued } from '../../launch/revive';
import { variantOf } from '../../recipe/names';
import { requestStop } from '../../runs/ask';
import { openRun, readRecipe } from '../../runs/folder';
import {
  type Device,
  devices,
  listQueue,
  moveInQueue,
  moves,
  type QueueEntry,
  type QueueMove,
  setQueueLimit,
} from '../../runs/queue';
import { contextOf } from '../context';
import { addListByDefault } from '../list-by-default';
import { parsePositive } from '../options';
import { table } from '../output/table';
import { workspaceOf } from '../workspace';

const RUN = "a run's id, or its beginning, as `retort queue` lists it";

export function addQueue(program: Command): void {
  const queue = program
    .command('queue')
    .description('the runs of this machine that work on a device or wait for it');
  addListByDefault(queue, 'who works and who waits', listAll);

  queue
    .command('move')
    .description('let a run wait elsewhere in its queue')
    .argument('<run>', RUN)
    .addArgument(new Argument('<where>', 'to the front, one up, one down, to the back').choices(moves))
    .action(async (id: string, where: QueueMove, _options, command: Command) => {
      const { output } = contextOf(command);
      const entry = await selectEntry(id);
      await moveInQueue(entry.run, where);
      const moved = await selectEntry(id);
      output.result(moved, () => `Run ${moved.runId} is number ${moved.position} of those that wait`);
    });

  queue
    .command('cancel')
    .description('take a run out of the queue; `retort resume` brings it back')
    .argument('<run>', RUN)
    .action(async (id: string, _options, command: Command) => {
      const { output } = contextOf(command);
      const { run, runId, state } = await selectEntry(id);
      if (state === 'working')
        throw new InputError(`Run ${runId} works already; stop it with: retort stop ${runId}`);
      await requestStop(await openRunAt(run));
      output.result({ id: runId, requested: 'stop' }, () => `Run ${runId} leaves the queue`);
    });

  queue
    .command('limit')
    .description('how many runs may work on a device at once; without a number: say it')
    .argument('[number]', 'from 1 to 99', parsePositive)
    .addOption(new Option('--device <name>', 'one device (default: each)').choices(devices))
    .action(async (limit: number | undefined, options: { device?: Device }, command: Command) => {
      const { output } = contextOf(command);
      const chosen = options.device === undefined ? devices : [options.device];
      if (limit !== undefined) for (const device of chosen) await setQueueLimit(device, limit);
      const limits = await readLimits(chosen);
      output.result(limits, () =>
        limits.map((entry) => `${entry.device}: ${plural(entry.limit, 'run')} at a time`).join('\n'),
      );
    });

  queue
    .command('start')
    .description('start the queued runs of this workspace that no process waits for any more')
    .action(async (_options, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const { started, failed } = await reviveQueued([retortFolder]);
      const ids = started.map(({ id }) => id);
      output.result({ started: ids, failed: failed.map(({ run, reason }) => ({ id: run.id, reason })) }, () =>
        [
          ids.length === 0 ? 'No run was started' : `Started ${ids.join(', ')}`,
          ...failed.map(({ run, reason }) => `Run ${run.id} could not be started: ${reason}`),
        ].join('\n'),
      );
    });
}

async function listAll(command: Command): Promise<void> {
  const { output, retortFolder } = contextOf(command);
  const queues = await listQueue();
  const forsaken = (await findForsaken([retortFolder])).map(({ id }) => id);
  const rows = await Promise.all(
    queues.flatMap(({ device, entries }) => entries.map(async (entry) => rowOf(device, entry))),
  );
  output.result({ queues, forsaken }, () =>
    rows.length === 0
      ? 'No run works or waits on this machine'
      : table(
          [
            { title: 'device' },
            { title: 'state' },
            { title: 'run' },
            { title: 'experiment' },
            { title: 'workspace' },
          ],
          rows,
        ),
  );
  if (forsaken.length > 0) {
    output.note(
      `${plural(forsaken.length, 'queued run')} here without a process that waits: ${forsaken.join(', ')}; start with: retort queue start`,
    );
  }
}

async function rowOf(device: Device, { run, runId, state, position }: QueueEntry): Promise<string[]> {
  const recipe = await openRunAt(run)
    .then(readRecipe)
    .catch(() => undefined);
  const experiment = recipe && `${recipe.name} / ${variantOf(recipe)} / seed ${recipe.train.seed}`;
  return [
    device,
    state === 'working' ? 'works' : `waits, number ${position}`,
    runId,
    experiment ?? '–',
    workspaceOf(path.dirname(path.dirname(run))),
  ];
}

/** The entry that is meant by a run's id or the beginning of one, whatever workspace it is of. */
async function selectEntry(text: string): Promise<QueueEntry> {
  const entries = (await listQueue()).flatMap((queue) => queue.entries);
  const matching = entries.filter(({ runId }) => runId.startsWith(text));
  const [entry] = matching;
  if (entry === undefined) {
    throw new InputError(
      `No run "${text}" works or waits on this machine; retort queue lists those there are`,
    );
  }
  if (matching.length > 1) {
    const ids = matching.map(({ runId }) => runId).join(', ');
    throw new InputError(`"${text}" is the beginning of ${matching.length} runs: ${ids}`);
  }
  return entry;
}

function openRunAt(folder: string): ReturnType<typeof openRun> {
  return openRun(path.dirname(path.dirname(folder)), path.basename(folder));
}

async function readLimits(chosen: readonly Device[]): Promise<{ device: Device; limit: number }[]> {
  const queues = await listQueue();
  return queues
    .filter(({ device }) => chosen.includes(device))
    .map(({ device, limit }) => ({ device, limit }));
}
