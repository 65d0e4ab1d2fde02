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
import { InstallDisplay } from '../output/install-display';
import { bytes } from '../output/format';
import { table } from '../output/table';

export function addBackend(program: Command): void {
  const backend = program.command('backend').description('what does the arithmetic');

  backend
    .command('list', { isDefault: true })
    .description('which there are, which are installed, and which work here; the best first')
    .action(async (_options, command: Command) => {
      const { output } = await contextOf(command);
      const backends = await listBackends();
      output.result(backends, () => backendsTable(backends));
    });

  backend
    .command('install')
    .description('install one; without a name, TensorFlow for the device that is here')
    .addArgument(new Argument('[name]').choices(installableBackends))
    .option('--if-missing', 'say nothing if it is there')
    .action(
      async (name: InstallableBackend | undefined, options: { ifMissing?: boolean }, command: Command) => {
        const { output } = await contextOf(command);
        const chosen = name ?? (await suitableBackend());
        const title = chosen && backendTitles[chosen];
        if (chosen === undefined || readManifest(chosen) !== undefined) {
          if (options.ifMissing && !output.json) return;
          output.result({ name: chosen ?? 'wasm', installed: true }, () =>
            chosen === undefined ? 'WebAssembly needs no installing' : `${title} is installed already`,
          );
          return;
        }
        const display = new InstallDisplay(output, chosen);
        const interrupt = new AbortController();
        const onInterrupt = (): void =>
          interrupt.abort(new Ended('interrupted; nothing half installed is left', ExitCode.interrupted));
        process.once('SIGINT', onInterrupt);
        try {
          await installBackend(chosen, {
            onProgress: (progress) => display.show(progress),
            signal: interrupt.signal,
          });
        } finally {
          process.removeListener('SIGINT', onInterrupt);
          display.close();
        }
        output.result({ name: chosen, installed: true }, () => `${title} is installed`);
      },
    );

  backend
    .command('remove')
    .description('remove an installed one')
    .addArgument(new Argument('<name>').choices(installableBackends))
    .action(async (name: InstallableBackend, _options, command: Command) => {
      const { output } = await contextOf(command);
      const removed = await removeBackend(name);
      output.result({ name, removed }, () =>
        removed ? `${backendTitles[name]} is removed` : `${backendTitles[name]} was not installed`,
      );
    });
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
