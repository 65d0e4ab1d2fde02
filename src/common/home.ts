import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The machine's own folder for backends, datasets and locks: `RETORT_HOME`, else `retort` in the
 * user's cache folder. It is made with mode 0700 by whoever writes there first.
 */
export function retortHome(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.RETORT_HOME) return path.resolve(environment.RETORT_HOME);
  if (process.platform === 'win32') {
    return path.join(
      environment.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'),
      'retort',
      'Cache',
    );
  }
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'retort');
  return path.join(environment.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'retort');
}
