import type { Catalogue } from './catalogue';
import type { ModelReference, Recipe } from './schema';

/** What a model is built for. */
export interface ImageShape {
  /** [height, width, channels] */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

/** The images that a recipe's data holds where its text tells: nothing is opened. */
export function knownImages(
  source: Recipe['data']['source'],
  { formats }: Catalogue,
): Partial<ImageShape> | undefined {
  const { images } = formats.find((format) => format.name === source.format) ?? {};
  if (images !== undefined) return { inputShape: images.shape, classes: images.classes };
  if (source.format !== 'image-folder') return undefined;
  const size = typeof source.size === 'number' ? source.size : 224;
  return { inputShape: [size, size, source.channels === 1 ? 1 : 3] };
}

/** The shape of the images that a model is built for, of those of the data. */
export function modelImages(
  { imageSize }: Pick<ModelReference, 'imageSize'>,
  ofData: ImageShape['inputShape'],
): ImageShape['inputShape'] {
  return imageSize === undefined ? ofData : [...imageSize, ofData[2]];
}

/** Why images of this shape cannot be brought to a size, [height, width]; undefined where they can. */
export function tooLarge(
  [height, width]: readonly [number, number],
  [rows, columns]: ImageShape['inputShape'],
): string | undefined {
  if (height <= rows && width <= columns) return undefined;
  return `must not be larger than the images, [${rows}, ${columns}]: they are made smaller, never larger`;
}

/**
 * The same, with `assumed` (a built-in network's own input, a small colour image) where only the files would tell:
 * layers have the same names at any.
 */
export function imageShapeOf(
  source: Recipe['data']['source'],
  catalogue: Catalogue,
  assumed: ImageShape = { inputShape: [32, 32, 3], classes: 10 },
): ImageShape {
  return { ...assumed, ...knownImages(source, catalogue) };
}
