import type { Prediction } from '../../src/protocol/panel-sections';

export type Picture = Prediction['picture'];

/** Bytes red, green, blue, opacity for each pixel; pixels that are missing stay transparent. */
export function toRgba({ width, height, channels, pixels }: Picture): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const known = Math.min(width * height, Math.floor(pixels.length / channels));
  for (let pixel = 0; pixel < known; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[4 * pixel + channel] = pixels[channels * pixel + (channels === 1 ? 0 : channel)]!;
    }
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}
