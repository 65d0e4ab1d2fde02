import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * The commit that a folder is at, with `+changes` when it is not clean; undefined outside git or without it.
 * Optional locks are off: looking must not disturb a git command of the user's.
 */
export async function describeCommit(folder: string): Promise<string | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', ['--no-optional-locks', ...args], {
      cwd: folder,
      timeout: 5000,
      windowsHide: true,
    });
    return stdout.trim();
  };
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}+changes`;
  } catch {
    return undefined;
  }
}
