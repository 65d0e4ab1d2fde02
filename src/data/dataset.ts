import type { TObject } from '@sinclair/typebox';
import type { CatalogueFormat } from '../recipe/catalogue';

/** One decoded image: bytes, row-major, channels last, 0 … 255. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** One split of a dataset: labels known at once, images read when asked for. */
export interface Split {
  /** Class index of every image. */
  readonly labels: Int32Array;
  /** Reads one image; throws `InputError` naming the file (and the place in it) that cannot be read. */
  read(index: number): Promise<Image> | Image;
}

export interface Dataset {
  readonly classNames: readonly string[];
  /** [height, width, channels] that the network sees, before augmentation changes it. */
  readonly imageShape: readonly [number, number, number];
  /** Per channel, of values in 0 … 1. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly train: Split;
  /** Published test split, if the dataset has one. */
  readonly test?: Split;
}

/** A published format of image datasets: one file a format; `formats.ts` lists them. */
export interface DataFormat extends CatalogueFormat {
  readonly options: TObject;
  /**
   * Opens and checks a dataset (sizes, headers, hashes). `base` is the folder that relative paths start from.
   * Throws `InputError` naming file and place.
   */
  open(
    options: Record<string, unknown>,
    context: { readonly base: string; readonly home: string },
  ): Promise<Dataset>;
}
