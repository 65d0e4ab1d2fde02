import * as fs from 'node:fs';
import * as path from 'node:path';

/** A tensor in a file: its shape and its values, row-major. */
export interface StoredTensor {
  readonly shape: number[];
  readonly data: number[];
}

/** One layer's, or those of several layers by name. */
export type OneOrMore<T> = T | Readonly<Record<string, T>>;

/** By name; one layer's has the name ''. */
export function byName(given: OneOrMore<StoredTensor>): Record<string, StoredTensor> {
  return 'data' in given && Array.isArray(given.data)
    ? { '': given as StoredTensor }
    : { ...(given as Record<string, StoredTensor>) };
}

/** What a method gives for some inputs. */
export interface MethodResult {
  readonly loss: number;
  readonly gradStudent: OneOrMore<StoredTensor>;
  readonly gradWeights: Record<string, StoredTensor>;
}

/** One call of a method's reference implementation, in float64. */
export interface Fixture {
  /** What computed it: repository, commit and file, or package and version. */
  readonly reference: string;
  readonly method: string;
  readonly options: Record<string, unknown>;
  readonly inputs: {
    readonly student: OneOrMore<StoredTensor>;
    readonly teacher: OneOrMore<StoredTensor>;
    readonly labels?: StoredTensor;
  };
  readonly weights: Record<string, StoredTensor>;
  readonly expected: MethodResult;
}

/** The authors' code; and PyTorch's own operations, for cases that those leave out. */
const folders = ['parity', 'pytorch/methods'].map((name) => path.join(__dirname, '..', 'fixtures', name));

/** Path of each fixture by file name. */
const paths = new Map(
  folders.flatMap((folder) => fs.readdirSync(folder).map((file) => [file, path.join(folder, file)] as const)),
);

export const fixtureFiles: readonly string[] = [...paths.keys()].sort();

export function readFixture(file: string): Fixture {
  return JSON.parse(fs.readFileSync(paths.get(file)!, 'utf8')) as Fixture;
}
