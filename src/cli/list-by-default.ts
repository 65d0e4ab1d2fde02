import type { Command } from 'commander';
import { InputError } from '../common/errors';
import { amongst } from '../common/suggest';

/**
 * Adds the subcommand `list`, which a command without a subcommand stands for. A mistyped subcommand then arrives here
 * as an argument too many, and is refused by its name.
 */
export function addListByDefault(
  command: Command,
  description: string,
  list: (command: Command) => Promise<void> | void,
): void {
  command
    .command('list', { isDefault: true })
    .description(description)
    .allowExcessArguments()
    .action((_options, listCommand: Command) => {
      const [name] = listCommand.args;
      if (name === undefined) return list(listCommand);
      const names = command.commands.map((subcommand) => subcommand.name());
      throw new InputError(`There is no command "${command.name()} ${name}"${amongst(name, names)}`);
    });
}
