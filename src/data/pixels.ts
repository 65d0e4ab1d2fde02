import type sharp from 'sharp';
import { loadNative } from '../common/natives';
import type { Image, Region, Size } from './dataset';

export type { Sharp } from 'sharp';

let loaded: Promise<typeof sharp> | undefined;

/** The library that decodes and resizes images; loaded when it is first needed. */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= loadNative<typeof sharp>('sharp').then((library) => {
    // One image is decoded on one thread of libuv's pool, and a batch keeps all of those busy.
    library.concurrency(1);
    library.cache(false);
    return library;
  });
  return loaded;
}

/** The region of an image of 1 or 3 channels, resized: bilinear with anti-aliasing, as torchvision's resize. */
export async function resizeRegion(image: Image, region: Region, size: Size): Promise<Image> {
  const { width, height, channels } = image;
  const sharp = await loadSharp();
  const data = await sharp(image.data, { raw: { width, height, channels: channels as 1 | 3 } })
    .extract({ left: region.left, top: region.top, width: region.width, height: region.height })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer();
  return { ...size, channels, data };
}
