import type { Command } from 'commander';
import { findRetortFolder } from '../runs/folder';
import { Output } from './output/output';

/** What every command is given beside its own arguments. */
export interface CommandContext {
  readonly output: Output;
  /** The nearest `.retort` folder at or above the working folder, else the one that would be made in it. */
  readonly retortFolder: string;
}

export async function contextOf(command: Command): Promise<CommandContext> {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  return {
    output: new Output(json === true),
    retortFolder: await findRetortFolder(process.cwd(), process.cwd()),
  };
}
