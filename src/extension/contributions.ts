import { contributes as common } from './common/contributions';
import { contributes as distill } from './distill/contributions';
import { contributes as lenses } from './lenses/contributions';
import { contributes as panel } from './panel/contributions';
import { contributes as recipes } from './recipes/contributions';
import { contributes as runs } from './runs/contributions';
import { contributes as setup } from './setup/contributions';

/**
 * What each feature contributes to VS Code. `npm run contributions` writes it into package.json, its texts into
 * package.nls.json; a test holds them equal.
 */
export const features = [common, runs, panel, lenses, distill, recipes, setup] as const;

type Feature = (typeof features)[number];
type Commands = Extract<Feature, { readonly commands: readonly unknown[] }>['commands'];
type Sections = Extract<Feature, { readonly configuration: readonly unknown[] }>['configuration'];
type Merged<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The ids of all contributed commands. */
export type CommandName = Commands[number]['command'];

/** All contributed settings with their schemas. */
export type Settings = Merged<Sections[number]['properties']>;
