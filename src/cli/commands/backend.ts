import { type Command, Argument } from 'commander';
import {
  backendChoice,
  type BackendStatus,
  backendTitles,
  findNvidiaGpus,
  installableBackends,
  type InstallableBackend,
  installBackend,
  listBackends,
  readManifest,
  removeBackend,
} from '../../backends';
import { contextOf } from '../context';
import { Ended } from '../ended';
import { ExitCode } from '../exit-codes';
import { addListByDefault } from '../list-by-default';
import { InstallDisplay } from '../output/install-display';
import { bytes } from '../../common/format';
import type { Output } from '../output/output';
import { table } from '../output/table';

export function addBackend(program: Command): void {
  const backend = program.command('backend').description('what does the arithmetic');

  addListByDefault(
    backend,
    'which there are, which are installed, and which work here; the best first',
    async (command) => {
      const { output } = contextOf(command);
      const backends = await listBackends();
      output.result(backends, () => backendsTable(backends));
    },
  );

  backend
    .command('install')
    .description('install one; without a name, TensorFlow for the device that is here')
    .addArgument(new Argument('[name]').choices(installableBackends))
    .option('--if-missing', 'say nothing if it is there')
    .action(
      async (name: InstallableBackend | undefined, options: { ifMissing?: boolean }, command: Command) => {
        const { output } = contextOf(command);
        const chosen = name ?? (await suitableBackend());
        const isThere = chosen === undefined || readManifest(chosen) !== undefined;
        if (!isThere) await install(chosen, output);
        else if (options.ifMissing && !output.json) return;
        output.result({ name: chosen ?? 'wasm', installed: true }, () =>
          chosen === undefined
            ? 'Nothing to install: WebAssembly comes with Retort'
            : `${backendTitles[chosen]} is installed${isThere ? ' already' : ''}`,
        );
      },
    );

  backend
    .command('remove')
    .description('remove an installed one')
    .addArgument(new Argument('<name>').choices(installableBackends))
    .action(async (name: InstallableBackend, _options, command: Command) => {
      const { output } = contextOf(command);
      const removed = await removeBackend(name);
      output.result({ name, removed }, () =>
        removed ? `${backendTitles[name]} is removed` : `${backendTitles[name]} was not installed`,
      );
    });
}

/** Installs a backend with its progress shown; Ctrl-C ends it at once. */
async function install(backend: InstallableBackend, output: Output): Promise<void> {
  const display = new InstallDisplay(output, backend);
  const interrupt = new AbortController();
  const onInterrupt = (): void =>
    interrupt.abort(new Ended('interrupted; nothing half installed is left', ExitCode.interrupted));
  process.once('SIGINT', onInterrupt);
  try {
    await installBackend(backend, {
      onProgress: (progress) => {
        display.show(progress);
        // To the program that started this one, if it asked for a channel and is still there.
        process.send?.(progress, undefined, undefined, () => undefined);
      },
      signal: interrupt.signal,
    });
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    display.close();
  }
}

/** What RETORT_BACKEND asks for, else TensorFlow for the device that is here; undefined where nothing is to install. */
async function suitableBackend(): Promise<InstallableBackend | undefined> {
  const choice = backendChoice(undefined);
  if (choice === 'wasm') return undefined;
  if (choice !== 'auto') return choice;
  return (await findNvidiaGpus()).found ? 'gpu' : 'cpu';
}

function backendsTable(backends: readonly BackendStatus[]): string {
  return table(
    [
      { title: 'backend' },
      { title: '' },
      { title: 'version' },
      { title: 'size', align: 'right' },
      { title: 'here' },
    ],
    backends.map((backend) => [
      backend.name,
      backend.title,
      backend.version ?? '–',
      backend.size === undefined ? '–' : bytes(backend.size),
      backend.usable ? `works, on ${backend.device}` : (backend.reason ?? 'does not work'),
    ]),
  );
}
