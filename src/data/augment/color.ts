import type { Image } from '../dataset';

/**
 * The adjustments of Pillow's ImageEnhance, which torchvision applies to images: each blends the image with a
 * degenerate one, `degenerate + factor * (image - degenerate)`, cut off to whole numbers in 0 … 255.
 */

/** Blended with black. */
export function adjustBrightness(image: Image, factor: number): Image {
  return mapValues(image, (value) => factor * value);
}

/** Blended with the mean grey of the image. */
export function adjustContrast(image: Image, factor: number): Image {
  const { channels, data } = image;
  let sum = 0;
  for (let place = 0; place < data.length; place += channels) sum += grey(image, place);
  const mean = Math.floor(sum / (data.length / channels) + 0.5);
  return mapValues(image, (value) => mean + factor * (value - mean));
}

/** Blended with the grey image; images without colour stay as they are. */
export function adjustSaturation(image: Image, factor: number): Image {
  const { channels, data } = image;
  if (channels < 3) return image;
  const result = Uint8Array.from(data);
  for (let place = 0; place < data.length; place += channels) {
    const level = grey(image, place);
    for (let channel = 0; channel < 3; channel++) {
      result[place + channel] = toByte(level + factor * (data[place + channel]! - level));
    }
  }
  return { ...image, data: result };
}

/**
 * Turns the hue by a share of the colour circle, keeping saturation and value of HSV; images without colour
 * stay as they are. In floating point, rounded once, where Pillow goes through HSV in bytes.
 */
export function adjustHue(image: Image, shift: number): Image {
  const { channels, data } = image;
  if (channels < 3) return image;
  const result = Uint8Array.from(data);
  const turn = 6 * (shift - Math.floor(shift));
  for (let place = 0; place < data.length; place += channels) {
    const [red, green, blue] = [data[place]!, data[place + 1]!, data[place + 2]!];
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    // The hue in sixths of the circle: red at 0, green at 2, blue at 4.
    let hue: number;
    if (value === red) hue = (green - blue) / chroma;
    else if (value === green) hue = 2 + (blue - red) / chroma;
    else hue = 4 + (red - green) / chroma;
    hue += turn;
    for (let channel = 0; channel < 3; channel++) {
      // How far the hue is from the channel's own, around the circle: 0 … 3 sixths.
      const along = (((hue - 2 * channel) % 6) + 6) % 6;
      const distance = along > 3 ? 6 - along : along;
      const share = distance <= 1 ? 1 : distance >= 2 ? 0 : 2 - distance;
      result[place + channel] = Math.round(value - chroma * (1 - share));
    }
  }
  return { ...image, data: result };
}

/** Luma of ITU-R 601-2 as Pillow computes it; the byte itself where there is no colour. */
function grey({ channels, data }: Image, place: number): number {
  if (channels < 3) return data[place]!;
  return (19595 * data[place]! + 38470 * data[place + 1]! + 7471 * data[place + 2]! + 0x8000) >> 16;
}

function mapValues(image: Image, change: (value: number) => number): Image {
  const table = Uint8Array.from({ length: 256 }, (_, value) => toByte(change(value)));
  return { ...image, data: image.data.map((value) => table[value]!) };
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value);
}
