import { InputError, messageOf } from '../common/errors';
import type { Image, Region, Size, Split } from './dataset';
import type { LabelledFile } from './image-folders';
import { loadSharp, type Sharp } from './pixels';

/** How images of any size become images of one size. */
export interface Fitting {
  /** Height and width in pixels. */
  readonly size: number;
  readonly resize: 'crop' | 'stretch';
  /** For `crop`: the size is this share of the resized shorter side. */
  readonly cropFraction: number;
  readonly channels: 1 | 3;
}

/** Headers read at once; libuv's pool does the work. */
const AT_ONCE = 64;
const REPORT_EVERY = 20_000;

/**
 * A split of image files. Every file's header is read here, so that a file that is no image is found before
 * training starts; what a header does not show is found when the image is decoded.
 * Both throw `InputError` naming the file.
 */
export async function imageFileSplit(
  files: readonly LabelledFile[],
  fitting: Fitting,
  onProgress: (message: string) => void,
): Promise<Split> {
  const sizes: Size[] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    if (start > 0 && start % REPORT_EVERY < AT_ONCE) onProgress(`Checked ${start} of ${files.length} images`);
    sizes.push(...(await Promise.all(files.slice(start, start + AT_ONCE).map(({ file }) => readSize(file)))));
  }
  return {
    labels: Int32Array.from(files, ({ label }) => label),
    storedSize: (index) => sizes[index]!,
    read: (index, region) => readImage(files[index]!.file, sizes[index]!, region, fitting),
  };
}

async function readSize(file: string): Promise<Size> {
  const sharp = await loadSharp();
  try {
    const { width, height } = await sharp(file).metadata();
    return { width, height };
  } catch (error) {
    throw new InputError(`${file}: not an image that can be read (${reasonOf(error)})`);
  }
}

async function readImage(
  file: string,
  stored: Size,
  region: Region | undefined,
  fitting: Fitting,
): Promise<Image> {
  const { size, channels } = fitting;
  const sharp = await loadSharp();
  try {
    const sized = region ? resizedRegion(sharp(file), region, size) : fitted(sharp(file), stored, fitting);
    const coloured = channels === 1 ? sized.greyscale() : sized.toColourspace('srgb');
    const data = await coloured.removeAlpha().raw({ depth: 'uchar' }).toBuffer();
    if (data.length !== size * size * channels) {
      throw new Error(`${data.length / (size * size)} channels instead of ${channels}`);
    }
    return { width: size, height: size, channels, data };
  } catch (error) {
    throw new InputError(`${file}: cannot be decoded (${reasonOf(error)}); repair or remove it`);
  }
}

function resizedRegion(image: Sharp, { left, top, width, height }: Region, size: number): Sharp {
  return image.extract({ left, top, width, height }).resize(size, size, { fit: 'fill', kernel: 'linear' });
}

function fitted(image: Sharp, stored: Size, { size, resize, cropFraction }: Fitting): Sharp {
  if (resize === 'stretch') return image.resize(size, size, { fit: 'fill', kernel: 'linear' });
  const shorter = Math.round(size / cropFraction);
  const scale = shorter / Math.min(stored.width, stored.height);
  const width = Math.max(shorter, Math.round(stored.width * scale));
  const height = Math.max(shorter, Math.round(stored.height * scale));
  return image.resize(width, height, { fit: 'fill', kernel: 'linear' }).extract({
    left: Math.round((width - size) / 2),
    top: Math.round((height - size) / 2),
    width: size,
    height: size,
  });
}

/** libvips writes its complaints over several lines. */
function reasonOf(error: unknown): string {
  return messageOf(error).trim().split('\n').join('; ');
}
