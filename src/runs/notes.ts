import * as path from 'node:path';
import { writeJsonAtomic } from '../common/files';
import type { RunFolder } from './folder';
import { checked, readJsonInside } from './inside';
import { Notes } from './types';

/** The person's notes on a run; empty where there are none. */
export async function readNotes(run: RunFolder): Promise<Notes> {
  return (await readJsonInside(run.folder, ['notes.json'], Notes)) ?? {};
}

/** Replaces the person's notes on a run. */
export function writeNotes(run: RunFolder, notes: Notes): void {
  const file = path.join(run.folder, 'notes.json');
  writeJsonAtomic(file, checked(Notes, notes, file));
}
