import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { packageRoot } from '../../common/files';

/** The name of the folder that the sample project is copied to. */
export const SAMPLE = 'retort-sample';

/**
 * Copies the sample project into a folder; gives the project's. What is there is never written over: a project of
 * that name that is there already gets a neighbour, `retort-sample-2`.
 */
export async function copySampleProject(parent: string): Promise<string> {
  await fs.mkdir(parent, { recursive: true });
  const aside = path.join(parent, `.${SAMPLE}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await fs.cp(path.join(packageRoot(), 'examples', 'sample'), aside, {
      recursive: true,
      filter: (source) => !['node_modules', '.retort'].includes(path.basename(source)),
    });
    for (let number = 1; ; number++) {
      const project = path.join(parent, number === 1 ? SAMPLE : `${SAMPLE}-${number}`);
      // Claims the name: renaming over an empty folder is allowed where it is ours.
      const isOurs = await fs.mkdir(project).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (!isOurs) continue;
      if (process.platform === 'win32') await fs.rmdir(project);
      await fs.rename(aside, project);
      return project;
    }
  } finally {
    await fs.rm(aside, { recursive: true, force: true });
  }
}
