import type { TObject } from '@sinclair/typebox';
import type { CatalogueFormat } from '../recipe/catalogue';

/** One decoded image: bytes, row-major, channels last, 0 … 255. Never written to: it may be the dataset's own memory. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of an image, in pixels. */
export interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** One split of a dataset: labels known at once, images read when asked for. */
export interface Split {
  /** Class index of every image. */
  readonly labels: Int32Array;
  /** Size of one image as it is stored, known without decoding it. */
  storedSize(index: number): Size;
  /**
   * Reads one image at the dataset's `imageShape`: `region` of the stored image where one is given, else the
   * whole image as the format fits it. Throws `InputError` naming the file (and the place in it) that cannot
   * be read.
   */
  read(index: number, region?: Region): Promise<Image> | Image;
}

/** Per channel, of values in 0 … 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface Dataset {
  readonly classNames: readonly string[];
  /** [height, width, channels] that the network sees; augmentation keeps it. */
  readonly imageShape: readonly [number, number, number];
  readonly normalization: Normalization;
  readonly train: Split;
  /** Published test split, if the dataset has one. */
  readonly test?: Split;
}

export interface OpenContext {
  /** The folder that relative paths start from. */
  readonly base: string;
  /** `retortHome()`: where fetched datasets are kept. */
  readonly home: string;
  /** Told what takes long, one line at a time. */
  readonly onProgress?: (message: string) => void;
}

/** A published format of image datasets: one file a format; `formats.ts` lists them. */
export interface DataFormat extends CatalogueFormat {
  readonly options: TObject;
  /** Opens and checks a dataset (sizes, headers, hashes). Throws `InputError` naming file and place. */
  open(options: Record<string, unknown>, context: OpenContext): Promise<Dataset>;
}
