import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** Bytes of all files below a folder, without following links; 0 where there is none. Files may come and go meanwhile. */
export async function sizeOfFolder(folder: string): Promise<number> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  let total = 0;
  for (const entry of entries) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) total += await sizeOfFolder(place);
    else total += (await fs.lstat(place).catch(() => undefined))?.size ?? 0;
  }
  return total;
}
