import { CommanderError } from 'commander';
import { asInputError } from '../common/disk-faults';
import { InputError, messageOf } from '../common/errors';
import { RecipeError } from '../recipe/problem';
import { Ended } from './ended';
import { ExitCode } from './exit-codes';
import type { Output } from './output/output';

/** Says what went wrong and gives the exit code for it. */
export function reportError(error: unknown, output: Output, verbose: boolean): ExitCode {
  const { exitCode, message, ...more } = describeError(asInputError(error), verbose);
  output.error({ message, exitCode, ...more });
  return exitCode;
}

interface Described {
  readonly exitCode: ExitCode;
  /** A line for each thing that is wrong. */
  readonly message: string;
  readonly [more: string]: unknown;
}

function describeError(error: unknown, verbose: boolean): Described {
  if (error instanceof CommanderError) return { exitCode: ExitCode.input, message: usageMessage(error) };
  if (error instanceof RecipeError) {
    return { exitCode: ExitCode.input, message: error.message, problems: error.problems };
  }
  if (error instanceof InputError) return { exitCode: ExitCode.input, message: error.message };
  if (error instanceof Ended) return { exitCode: error.exitCode, message: error.message, run: error.run };
  return { exitCode: ExitCode.failed, message: internalMessage(error, verbose) };
}

/** `error: unknown option '--sede'\n(Did you mean --seeds?)` as one line. */
function usageMessage(error: CommanderError): string {
  if (error.code === 'commander.help') return 'no command given; retort --help lists them';
  return error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

function internalMessage(error: unknown, verbose: boolean): string {
  if (verbose && error instanceof Error && error.stack !== undefined) return error.stack;
  const [first] = messageOf(error).split('\n');
  return `internal error: ${first} (--verbose shows where)`;
}
