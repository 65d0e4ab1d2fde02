import * as fs from 'node:fs';
import { distFile } from '../common/files';
import type { Catalogue } from './catalogue';

let loaded: Catalogue | undefined;

/** The catalogue that the build wrote; read once. */
export function loadCatalogue(): Catalogue {
  loaded ??= JSON.parse(fs.readFileSync(distFile('catalogue.json'), 'utf8')) as Catalogue;
  return loaded;
}

/** Whether a catalogue is the one that the build wrote, so that what was made from it then fits. */
export function isBuiltCatalogue(catalogue: Catalogue): boolean {
  return catalogue === loaded;
}
