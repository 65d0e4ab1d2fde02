import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError, messageOf } from '../common/errors';

/** A program that runs JavaScript as Node does, and what it needs in its environment for that. */
export interface NodeProgram {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

const OLDEST = 20;
const NEWEST = 24;

/**
 * Finds the Node that workers run on: the chosen one, else this process's own, else the one on the PATH, else the
 * editor's executable. Throws `InputError` where none is of a version that workers run on.
 */
export async function findNode(chosen?: string): Promise<NodeProgram> {
  if (chosen !== undefined) {
    const asked = await askVersion(chosen);
    if (typeof asked === 'object' && isSupported(asked.version)) return plain(asked.path);
    const why = typeof asked === 'object' ? `it is Node ${asked.version}` : asked;
    throw new InputError(`${chosen} cannot run workers, which need Node ${OLDEST} to ${NEWEST}: ${why}`);
  }
  const isEditor = 'electron' in process.versions;
  if (!isEditor && isSupported(process.versions.node)) return plain(process.execPath);
  const onPath = await askVersion('node');
  if (typeof onPath === 'object' && isSupported(onPath.version)) return plain(onPath.path);
  if (isEditor && isSupported(process.versions.node)) {
    return { command: process.execPath, environment: { ELECTRON_RUN_AS_NODE: '1' } };
  }
  throw new InputError(
    `Workers need Node ${OLDEST} to ${NEWEST}; this is Node ${process.versions.node}, and there is no such Node on the PATH`,
  );
}

function plain(command: string): NodeProgram {
  return { command, environment: {} };
}

function isSupported(version: string): boolean {
  const major = Number(version.split('.')[0]);
  return major >= OLDEST && major <= NEWEST;
}

/** Version and real path of a Node: what is on the PATH may be a script that picks one. Else why it is none. */
async function askVersion(command: string): Promise<{ version: string; path: string } | string> {
  try {
    const script = 'console.log(JSON.stringify({ version: process.versions.node, path: process.execPath }))';
    const { stdout } = await promisify(execFile)(command, ['-e', script], { windowsHide: true });
    return JSON.parse(stdout) as { version: string; path: string };
  } catch (error) {
    return messageOf(error);
  }
}
