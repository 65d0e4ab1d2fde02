import * as path from 'node:path';
import sharp from 'sharp';
import { summarize } from '../../src/runs/statistics';
import type { Measured } from './report';

const size = { width: 880, height: 420, left: 64, right: 150, top: 48, bottom: 48 };
/** Distinct also to most colour-blind eyes (Okabe and Ito). */
const lines = [
  { variant: 'alone', color: '#6b7280', dash: '2 5' },
  { variant: 'tat 0.1', color: '#0072b2', dash: '' },
  { variant: 'kd', color: '#e69f00', dash: '' },
  { variant: 'kd+tat 0.1', color: '#009e73', dash: '' },
] as const;

/** Draws validation accuracy over epochs, mean and standard deviation over seeds, to a PNG file. */
export async function draw(runs: readonly Measured[], file: string): Promise<void> {
  const epochs = runs[0]!.curve.length;
  // The last epochs are what counts: the first would squeeze them together.
  const low = Math.floor(20 * (Math.min(...runs.map((run) => run.curve.at(-1)!)) - 0.15)) / 20;
  const high = Math.ceil(20 * Math.max(...runs.flatMap((run) => run.curve))) / 20;
  const x = (epoch: number): number =>
    size.left + ((epoch - 1) / (epochs - 1)) * (size.width - size.left - size.right);
  const y = (accuracy: number): number =>
    size.top + ((high - accuracy) / (high - low)) * (size.height - size.top - size.bottom);
  const text = (at: readonly [number, number], content: string, extra = ''): string =>
    `<text x="${at[0]}" y="${at[1]}" ${extra}>${content}</text>`;

  const parts: string[] = [];
  for (let step = 0; step <= Math.round((high - low) / 0.05); step++) {
    const accuracy = low + 0.05 * step;
    parts.push(
      `<path d="M${size.left} ${y(accuracy)}H${size.width - size.right}" stroke="#e5e7eb"/>`,
      text([size.left - 10, y(accuracy) + 4], `${Math.round(100 * accuracy)} %`, 'text-anchor="end"'),
    );
  }
  for (let epoch = 1; epoch <= epochs; epoch++) {
    parts.push(text([x(epoch), size.height - 24], String(epoch), 'text-anchor="middle"'));
  }
  parts.push(
    text([(size.left + size.width - size.right) / 2, size.height - 6], 'epoch', 'text-anchor="middle"'),
  );

  parts.push(
    `<clipPath id="plot"><rect x="${size.left}" y="0" width="${size.width}" height="${y(low)}"/></clipPath>`,
  );
  const labels = lines.map(({ variant, color, dash }) => {
    const own = runs.filter((run) => run.variant === variant);
    const points = Array.from({ length: epochs }, (_, index) =>
      summarize(own.map((run) => run.curve[index]!))!,
    );
    const along = (value: (index: number) => number): string[] =>
      points.map((_, index) => `${x(index + 1)} ${y(value(index))}`);
    const upper = along((index) => points[index]!.mean + (points[index]!.deviation ?? 0));
    const lower = along((index) => points[index]!.mean - (points[index]!.deviation ?? 0));
    parts.push(
      `<path d="M${[...upper, ...lower.reverse()].join('L')}Z" fill="${color}" opacity="0.12" clip-path="url(#plot)"/>`,
      `<path d="M${along((index) => points[index]!.mean).join('L')}" fill="none" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}" clip-path="url(#plot)"/>`,
    );
    return {
      text: variant.replace(' 0.1', ''),
      color,
      at: y(points.at(-1)!.mean),
      mean: points.at(-1)!.mean,
    };
  });
  // Labels at the ends of the lines, moved apart where they would overlap.
  let below = -Infinity;
  for (const label of labels.sort((a, b) => a.at - b.at)) {
    below = Math.max(label.at, below + 18);
    const accuracy = (100 * label.mean).toFixed(1);
    parts.push(
      text(
        [size.width - size.right + 12, below + 4],
        `${label.text} ${accuracy}`,
        `fill="${label.color}" font-weight="600"`,
      ),
    );
  }
  const seeds = new Set(runs.map((run) => run.seed)).size;
  const title = `Validation accuracy of a ResNet-8 (20 k parameters) on Fashion-MNIST, mean and deviation of ${seeds} seeds`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="13" fill="#374151"><rect width="100%" height="100%" fill="#ffffff"/>${text([size.left, 26], title, 'font-weight="600" font-size="14"')}${parts.join('')}</svg>`;
  await sharp(Buffer.from(svg), { density: 144 }).png().toFile(path.resolve(file));
}
