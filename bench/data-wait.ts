/**
 * How much of a training step waits for data: ResNet-18 at 224 px, batch 16, trained as `retort run` trains it,
 * on folders of generated JPEGs. Writes bench/results/data-wait.md.
 *
 *   npm run build && npx tsx bench/data-wait.ts
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { retortHome } from '../src/common/home';
import { packageRoot } from '../src/common/files';
import { randomSource } from '../src/common/random';
import type { Batch } from '../src/data/batch';
import { type Data, openData } from '../src/data/loader';
import { ready } from '../src/engine/backends';
import { loadModel } from '../src/engine/models/load';
import { Trainer } from '../src/engine/train/trainer';
import type { Recipe } from '../src/recipe/schema';
import { describeMachine } from './machine';

const CLASSES = 4;
const IMAGES_PER_CLASS = 64;
const BATCH = 16;
const WARM_UP_STEPS = 3;
const STEPS = 20;

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly augment: Recipe['data']['augment'];
}

const cases: readonly Case[] = [
  {
    name: '224 x 224, flip and crop',
    width: 224,
    height: 224,
    augment: [{ type: 'flip' }, { type: 'crop' }],
  },
  {
    name: '500 x 375, random-resized-crop, flip and color-jitter',
    width: 500,
    height: 375,
    augment: [{ type: 'random-resized-crop' }, { type: 'flip' }, { type: 'color-jitter' }],
  },
];

const train: Recipe['train'] = {
  epochs: 1,
  batchSize: BATCH,
  optimizer: { type: 'sgd', lr: 0.01, momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  groups: [],
  schedule: { type: 'constant' },
  accumulate: 1,
  seed: 0,
  checkpointEvery: 1,
};

async function main(): Promise<void> {
  const backend = await ready();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-data-wait-'));
  try {
    const rows: string[] = [];
    for (const one of cases) rows.push(await measure(one, path.join(folder, String(rows.length))));
    const report = describe(backend.note, rows);
    fs.writeFileSync(path.join(packageRoot(), 'bench', 'results', 'data-wait.md'), report);
    process.stdout.write(report);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** One row of the table. */
async function measure({ name, width, height, augment }: Case, folder: string): Promise<string> {
  const kilobytes = await writeImages(folder, width, height);
  const data = await openData(
    {
      source: { format: 'image-folder', path: folder },
      train: {},
      validation: { fraction: 0, splitSeed: 0 },
      augment,
    },
    { base: folder, home: retortHome() },
  );
  try {
    const trainer = await createTrainer(data);
    const kept = await data.batches({ split: 'train', batchSize: BATCH, seed: 1 }).next(0, 0);
    const inMemory = await runSteps(trainer, () => Promise.resolve(kept));

    const batches = data.batches({ split: 'train', batchSize: BATCH, seed: 0 });
    let asked = 0;
    const loaded = await runSteps(
      trainer,
      () => batches.next(Math.floor(asked / batches.batchesPerEpoch), asked++ % batches.batchesPerEpoch),
      () => batches.takeWaitedMs(),
    );
    trainer.dispose();
    const cells = [
      `${name} (${kilobytes.toFixed(0)} KB)`,
      (await processorTime(data)).toFixed(1),
      inMemory.msPerStep.toFixed(0),
      loaded.msPerStep.toFixed(0),
      loaded.waitedPerStep.toFixed(1),
      `${((100 * loaded.waitedPerStep) / loaded.msPerStep).toFixed(1)} %`,
    ];
    return `| ${cells.join(' | ')} |`;
  } finally {
    await data.close();
  }
}

async function createTrainer({ info }: Data): Promise<Trainer> {
  const student = await loadModel({
    reference: 'builtin:resnet18',
    args: {},
    inputShape: info.imageShape,
    classes: info.classNames.length,
    seed: 0,
    base: '.',
    workspace: '.',
  });
  const task: Recipe['task'] = { type: 'classification', lossWeight: 1, labelSmoothing: 0 };
  return new Trainer({ recipe: { task, train }, student, hooks: [], stepsPerEpoch: 1000, totalSteps: 1000 });
}

async function runSteps(
  trainer: Trainer,
  next: () => Promise<Batch>,
  takeWaitedMs: () => number = () => 0,
): Promise<{ readonly msPerStep: number; readonly waitedPerStep: number }> {
  for (let step = 0; step < WARM_UP_STEPS; step++) await trainer.step([await next()]);
  takeWaitedMs();
  const start = performance.now();
  for (let step = 0; step < STEPS; step++) await trainer.step([await next()]);
  return { msPerStep: (performance.now() - start) / STEPS, waitedPerStep: takeWaitedMs() / STEPS };
}

/** Processor time of one image when only the loader runs, in ms: what loading takes from training. */
async function processorTime(data: Data): Promise<number> {
  const batches = data.batches({ split: 'train', batchSize: BATCH, seed: 2 });
  const before = process.cpuUsage();
  for (let index = 0; index < batches.batchesPerEpoch; index++) await batches.next(0, index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (batches.batchesPerEpoch * BATCH);
}

/**
 * Writes class folders of JPEGs: soft shapes, texture and a little noise, so that they pack about as photographs
 * do. Gives their mean size in kilobytes.
 */
async function writeImages(folder: string, width: number, height: number): Promise<number> {
  const random = randomSource('data-wait', width, height);
  let bytes = 0;
  for (let label = 0; label < CLASSES; label++) {
    const classFolder = path.join(folder, `class-${label}`);
    fs.mkdirSync(classFolder, { recursive: true });
    for (let index = 0; index < IMAGES_PER_CLASS; index++) {
      const layers = await Promise.all([40, 6, 1].map((grain) => noise(width, height, grain, random)));
      const mixed = layers[0]!.map(
        (value, place) => 0.45 * value + 0.3 * layers[1]![place]! + 0.25 * layers[2]![place]!,
      );
      const jpeg = await sharp(mixed, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer();
      fs.writeFileSync(path.join(classFolder, `${index}.jpg`), jpeg);
      bytes += jpeg.length;
    }
  }
  return bytes / (CLASSES * IMAGES_PER_CLASS) / 1024;
}

/** Random colours `grain` pixels apart, smooth between them. */
async function noise(
  width: number,
  height: number,
  grain: number,
  random: () => number,
): Promise<Uint8Array> {
  const [columns, rows] = [Math.ceil(width / grain), Math.ceil(height / grain)];
  const values = Uint8Array.from({ length: columns * rows * 3 }, () => 256 * random());
  return sharp(values, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
}

function describe(backend: string, rows: readonly string[]): string {
  return `# Waiting for data

ResNet-18 at 224 px, batch ${BATCH}, one SGD step as \`retort run\` makes it, over ${STEPS} steps after ${WARM_UP_STEPS} of warm-up; target: under 5 % of a step spent waiting for data. The images are generated (real photographs were not at hand): soft shapes, texture and noise, ${CLASSES * IMAGES_PER_CLASS} JPEGs of quality 90.

- Command: \`npm run build && npx tsx bench/data-wait.ts\`
- Device: ${backend}
- Machine: ${describeMachine()}

| JPEGs, augmentation | processor time an image, ms | step, batch in memory, ms | step, loading, ms | waited a step, ms | share waiting |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

"Batch in memory" trains on one batch again and again: what loading costs beyond waiting is the difference of the two steps, since decoding and TensorFlow share the cores.
`;
}

void main();
