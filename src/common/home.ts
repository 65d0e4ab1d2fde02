import * as os from 'node:os';
import * as path from 'node:path';

/**
 * The machine's own folder for backends, datasets and locks: `RETORT_HOME`, else `retort` in the
 * user's cache folder. It is made with mode 0700 by whoever writes there first.
 */
export function retortHome(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.RETORT_HOME) return path.resolve(environment.RETORT_HOME);
  if (process.platform === 'win32') {
    const local = environment.LOCALAPPDATA || path.join(userHome(), 'AppData', 'Local');
    return path.join(local, 'retort', 'Cache');
  }
  if (process.platform === 'darwin') return path.join(userHome(), 'Library', 'Caches', 'retort');
  // The specification has what is empty or relative ignored: it would be another folder from each working folder.
  const cache = environment.XDG_CACHE_HOME ?? '';
  return path.join(path.isAbsolute(cache) ? cache : path.join(userHome(), '.cache'), 'retort');
}

/** An empty HOME is taken by Node as it is. */
function userHome(): string {
  return os.homedir() || os.userInfo().homedir;
}
