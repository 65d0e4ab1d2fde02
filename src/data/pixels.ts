import sharp from 'sharp';
import type { Image, Region, Size } from './dataset';

/** One image is decoded on one thread of the pool; a batch keeps all of them busy. */
sharp.concurrency(1);
sharp.cache(false);

/** The region of an image, resized: bilinear with anti-aliasing, as torchvision's resize. */
export async function resizeRegion(image: Image, region: Region, size: Size): Promise<Image> {
  const { width, height, channels } = image;
  const data = await sharp(image.data, { raw: { width, height, channels: channels as 1 | 2 | 3 | 4 } })
    .extract({ left: region.left, top: region.top, width: region.width, height: region.height })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { ...size, channels, data };
}
