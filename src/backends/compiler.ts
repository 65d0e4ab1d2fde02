import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../common/errors';
import { runCommand, succeeds } from '../common/command';
import { distFile } from '../common/files';

export interface Compiler {
  readonly command: string;
  /** The first line of `--version`. */
  readonly version: string;
}

/**
 * The C++ compiler: `CXX`, else the first of the usual names on the PATH.
 * Throws `InputError` with the command that installs one.
 */
export async function findCompiler(): Promise<Compiler> {
  // macOS has stand-ins for compilers that only open a dialog until the tools are installed.
  const available = process.platform !== 'darwin' || (await succeeds('xcode-select', ['--print-path']));
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  for (const command of available ? names : []) {
    if (!(await succeeds(command, ['--version']))) continue;
    const { stdout } = await runCommand(command, ['--version']);
    return { command, version: stdout.split('\n')[0] ?? '' };
  }
  throw new InputError(
    `${process.env.CXX ? `CXX names ${process.env.CXX}, which does not run` : 'No C++ compiler found'}; TensorFlow's binding is compiled on this machine: ${compilerAdvice()}, or go on without TensorFlow (--backend webgpu or wasm)`,
  );
}

function compilerAdvice(): string {
  if (process.platform === 'darwin') return 'run `xcode-select --install`';
  const release = fs.existsSync('/etc/os-release') ? fs.readFileSync('/etc/os-release', 'utf8') : '';
  const family = /^ID(_LIKE)?=.*$/gm;
  const words = (release.match(family) ?? []).join(' ');
  if (/debian|ubuntu/.test(words)) return 'run `sudo apt install g++`';
  if (/fedora|rhel|centos/.test(words)) return 'run `sudo dnf install gcc-c++`';
  if (/suse/.test(words)) return 'run `sudo zypper install gcc-c++`';
  if (/arch/.test(words)) return 'run `sudo pacman -S gcc`';
  return 'install g++ or clang++';
}

/** The binding as it was compiled for this platform, where this is a package for one platform. */
export function prebuiltBinding(): string | undefined {
  const file = distFile(path.join('binding', `${process.platform}-${process.arch}`, 'tfjs_binding.node'));
  return fs.existsSync(file) ? file : undefined;
}

/**
 * Compiles the TensorFlow binding of `@tensorflow/tfjs-node-gpu` against the C library unpacked in
 * `<folder>/tensorflow`, into `<folder>/tfjs_binding.node`. It finds the library beside itself, so the folder
 * may be moved afterwards.
 *
 * @param flags - further ones for the compiler
 */
export async function compileBinding(
  compiler: Compiler,
  folder: string,
  {
    signal,
    flags = [],
  }: { readonly signal?: AbortSignal | undefined; readonly flags?: readonly string[] } = {},
): Promise<string> {
  const library = path.join(folder, 'tensorflow');
  const sources = distFile('binding');
  const binding = path.join(folder, 'tfjs_binding.node');
  const mac = process.platform === 'darwin';
  const finished = await runCommand(
    compiler.command,
    [
      '-O2',
      '-fPIC',
      '-shared',
      '-std=c++17',
      '-DNAPI_VERSION=8',
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      '-DBUILDING_NODE_EXTENSION',
      ...[path.join(sources, 'node'), path.join(library, 'include')].flatMap((include) => ['-I', include]),
      path.join(sources, 'tfjs_backend.cc'),
      path.join(sources, 'tfjs_binding.cc'),
      ...sharedLibraries(library),
      `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}/tensorflow`,
      // Node's own symbols are there when it loads the binding; only Apple's linker minds.
      ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
      ...flags,
      '-o',
      binding,
    ],
    { signal },
  );
  if (finished.code !== 0) {
    const reason = finished.stderr.split('\n').find((line) => /error/i.test(line)) ?? finished.stderr.trim();
    throw new InputError(
      `${compiler.version} could not compile TensorFlow's binding: ${reason}; set CXX to another compiler, or go on without TensorFlow (--backend webgpu or wasm)`,
    );
  }
  return binding;
}

function sharedLibraries(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => /^libtensorflow_(cc|framework)\./.test(name))
    .map((name) => path.join(folder, name));
}
