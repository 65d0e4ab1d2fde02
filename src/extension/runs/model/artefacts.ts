import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as l10n from '@vscode/l10n';
import { bytes, epochText } from '../../../common/format';
import { formatReference } from '../../../recipe/reference';
import { type CheckpointInfo, CheckpointStore } from '../../../runs/checkpoints';
import { findInside } from '../../../runs/inside';
import type { ReadableSeenRun } from '../../common/seen-run';
import { joinParts, type Row } from './row';

/** What a run has left to use: the exported student, and its checkpoints, the last first. Looks at the disk. */
export async function artefactRows(seen: ReadableSeenRun): Promise<Row[]> {
  const [student, checkpoints] = await Promise.all([studentRows(seen), new CheckpointStore(seen.run).list()]);
  return [...student, ...checkpoints.reverse().map((checkpoint) => checkpointRow(seen, checkpoint))];
}

async function studentRows({ key, run }: ReadableSeenRun): Promise<Row[]> {
  if ((await findInside(run.folder, 'student', 'model.json')) === undefined) return [];
  const folder = path.join(run.folder, 'student');
  return [
    {
      ...leaf(`${key} student`, [key]),
      label: l10n.t('student'),
      description: joinParts(l10n.t('exported model'), bytes(await sizeOf(folder))),
      icon: { name: 'package' },
      context: 'student',
      about: { kind: 'student', folder, reference: formatReference({ kind: 'run', id: run.id }) },
    },
  ];
}

function checkpointRow(
  { key, run, seen: { info } }: ReadableSeenRun,
  { step, folder, best, requested, bytes: size }: CheckpointInfo,
): Row {
  const epoch = info.progress && step / info.progress.stepsPerEpoch;
  const reference = formatReference({ kind: 'run', id: run.id, checkpoint: `step-${step}` });
  return {
    ...leaf(`${key} step-${step}`, [key]),
    label: l10n.t('step {0}', step),
    description: joinParts(
      epoch !== undefined && Number.isFinite(epoch) && l10n.t('epoch {0}', epochText(epoch)),
      best && l10n.t('best'),
      requested && l10n.t('kept'),
      bytes(size),
    ),
    icon: { name: 'save' },
    context: 'checkpoint',
    about: { kind: 'checkpoint', folder, reference },
  };
}

function leaf(
  id: string,
  keys: readonly string[],
): Pick<Row, 'id' | 'keys' | 'children' | 'isOpenable' | 'startsOpen'> {
  return { id, keys, children: [], isOpenable: false, startsOpen: false };
}

/** Bytes of the plain files in a folder. */
async function sizeOf(folder: string): Promise<number> {
  const sizes = (await fs.readdir(folder)).map(async (name) => {
    const stat = await fs.lstat(path.join(folder, name));
    return stat.isFile() ? stat.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
