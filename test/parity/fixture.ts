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

/** What a method gives for some inputs. Gradients are those of what the loss depends on. */
export interface MethodResult {
  readonly loss: number;
  readonly gradStudent: OneOrMore<StoredTensor>;
  readonly gradLogits?: StoredTensor;
  readonly gradWeights: Record<string, StoredTensor>;
  /** What the method remembers after the loss, where it does. */
  readonly state?: Record<string, StoredTensor>;
}

/** One call of a method's reference implementation, in float64. */
export interface Fixture {
  /** What computed it: repository, commit and file, or package and version. */
  readonly reference: string;
  readonly method: string;
  readonly options: Record<string, unknown>;
  /** Of the stage before the others, where the method has one: its loss instead of the method's. */
  readonly pretraining?: boolean;
  readonly inputs: {
    readonly student: OneOrMore<StoredTensor>;
    readonly teacher: OneOrMore<StoredTensor>;
    readonly labels?: StoredTensor;
    readonly sampleIds?: StoredTensor;
    readonly logits?: Record<'student' | 'teacher', StoredTensor>;
  };
  /** Of teacher and data, where the method asks for them. */
  readonly parts?: {
    readonly trainingLabels?: StoredTensor;
    readonly classifier?: Record<'kernel' | 'bias', StoredTensor>;
    readonly normalizations?: readonly Record<'gamma' | 'beta', StoredTensor>[];
  };
  /** The method's state too. */
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
