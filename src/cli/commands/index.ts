import type { Command } from 'commander';
import { addBackend } from './backend';
import { addCheck } from './check';
import { addCompare } from './compare';
import { addData } from './data';
import { addDemo } from './demo';
import { addEval } from './eval';
import { addExport } from './export';
import { addList } from './list';
import { addMethods } from './methods';
import { addModels } from './models';
import { addPrune } from './prune';
import { addQueue } from './queue';
import { addResume } from './resume';
import { addRun } from './run';
import { addShow } from './show';
import { addStop } from './stop';

/** All commands, in the order of `--help`. A new one is a file beside this and a line here. */
export const commands: readonly ((program: Command) => void)[] = [
  addRun,
  addCheck,
  addResume,
  addStop,
  addQueue,
  addList,
  addShow,
  addCompare,
  addEval,
  addExport,
  addPrune,
  addModels,
  addMethods,
  addData,
  addBackend,
  addDemo,
];
