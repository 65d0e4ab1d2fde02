import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { commands } from './commands';
import { Output } from './output/output';
import { reportError } from './report-error';

const exitCodes = `
Exit codes:
  0    done
  1    the run failed, or an internal error
  2    bad input or usage
  3    stopped before the end; the run can be resumed
  130  ended at once, by a second Ctrl-C`;

/** Runs `retort` with these arguments and sets the process's exit code; whatever goes wrong is said. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const output = new Output(argv.includes('--json'));
  try {
    await createProgram(output).parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help and the version are thrown too, with 0.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = reportError(error, output, isVerbose(argv));
  }
}

function createProgram(output: Output): Command {
  const program = new Command('retort')
    .description('Distil small models from large ones.')
    .version(version)
    .option('--json', 'JSON on stdout, for programs')
    .option('--verbose', 'where an internal error came from (also: RETORT_DEBUG=1)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodes)
    .exitOverride()
    .configureOutput({
      // The help that a call without a command gets.
      writeErr: (text) => output.note(text.trimEnd()),
      // Usage errors are reported with all others, in `reportError`.
      outputError: () => undefined,
    });
  for (const addTo of commands) addTo(program);
  return program;
}

function isVerbose(argv: readonly string[]): boolean {
  return argv.includes('--verbose') || Boolean(process.env.RETORT_DEBUG);
}
