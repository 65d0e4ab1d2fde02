import * as path from 'node:path';
import type { Command } from 'commander';
import { findWorkspace } from '../recipe/workspace';
import { Output } from './output/output';

/** What every command is given beside its own arguments. */
export interface CommandContext {
  readonly output: Output;
  /** The nearest `.retort` folder at or above the working folder, else the one that would be made in it. */
  readonly retortFolder: string;
}

export function contextOf(command: Command): CommandContext {
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  return {
    output: new Output(json === true),
    retortFolder: path.join(findWorkspace(process.cwd(), process.cwd()), '.retort'),
  };
}
