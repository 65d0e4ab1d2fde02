// npx tsx bench/lenses.ts > bench/results/lenses.md
// Milliseconds from a text to its builders and layers, as the editor's lenses ask for them.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { packageRoot } from '../src/common/files';
import { Syntax } from '../src/extension/common/model-syntax/syntax';

const LINES = 2000;
const ROUNDS = 21;

function builder(index: number): string {
  return `/** A residual network of ${index + 1} blocks a stage. */
export function resnet${index}({ inputShape, classes, width = 16 }: Args): tf.LayersModel {
  const input = tf.input({ shape: inputShape });
  let x = tf.layers.conv2d({ filters: width, kernelSize: 3, padding: 'same', name: 'stem' }).apply(input) as Tensor;
  for (let stage = 1; stage <= 3; stage++) {
    for (let block = 0; block < ${index + 1}; block++) {
      const inner = convolution(x, width * stage, block === 0 && stage > 1 ? 2 : 1);
      const sum = tf.layers.add().apply([convolution(inner, width * stage), shortcut(x, width * stage)]);
      x = tf.layers.activation({ activation: 'relu', name: \`stage\${stage}_\${block}\` }).apply(sum) as Tensor;
    }
  }
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(x);
  const logits = tf.layers.dense({ units: classes, name: 'head' }).apply(pooled) as Tensor;
  return tf.model({ inputs: input, outputs: logits });
}
`;
}

function file(): string {
  let text = "import * as tf from '@tensorflow/tfjs';\n";
  for (let index = 0; text.split('\n').length < LINES; index++) text += builder(index);
  return text;
}

/** Model files as they are written: those of the sample project and of the built-in networks, one after another. */
function written(): string {
  const folders = ['examples/sample/models', 'src/engine/models/networks'];
  const files = folders.flatMap((folder) =>
    fs.readdirSync(path.join(packageRoot(), folder)).map((name) => path.join(packageRoot(), folder, name)),
  );
  const lines = files.flatMap((name) => fs.readFileSync(name, 'utf8').split('\n'));
  return Array.from({ length: LINES }, (_, line) => lines[line % lines.length]).join('\n');
}

interface Times {
  readonly whole: number;
  readonly held: number;
  readonly processor: number;
}

/** The whole reading, the longest that it holds up others, and what it takes of the processor. */
async function time(read: () => Promise<unknown>): Promise<Times> {
  let held = 0;
  let last = performance.now();
  let isOver = false;
  const look = (): void => {
    const now = performance.now();
    held = Math.max(held, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const before = performance.now();
  const usage = process.cpuUsage();
  await read();
  const whole = performance.now() - before;
  const { user, system } = process.cpuUsage(usage);
  await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  return { whole, held, processor: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function main(): Promise<void> {
  const text = file();
  const usual = written();
  const first = await time(() => new Syntax('typescript').read(text));
  const anew: Times[] = [];
  const anewUsual: Times[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    anew.push(await time(() => new Syntax('typescript').read(text)));
    anewUsual.push(await time(() => new Syntax('typescript').read(usual)));
  }
  const syntax = new Syntax('typescript');
  let typed = text;
  await syntax.read(typed);
  const edited: Times[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const at = typed.indexOf('const pooled', (typed.length * round) / ROUNDS / 1.1);
    typed = `${typed.slice(0, at)}x${typed.slice(at)}`;
    edited.push(
      await time(() => {
        syntax.change([{ fromA: at, toA: at, fromB: at, toB: at + 1 }]);
        return syntax.read(typed);
      }),
    );
  }
  const half = text.slice(0, -60);
  const halfTyped: Times[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    halfTyped.push(await time(() => new Syntax('typescript').read(half)));
  }
  const row = (what: string, times: readonly Times[]): string => {
    const [whole, processor, held] = (['whole', 'processor', 'held'] as const).map((figure) =>
      times.map((one) => one[figure]),
    ) as [number[], number[], number[]];
    const figures = [median(whole), Math.max(...whole), median(processor), median(held), Math.max(...held)];
    return `| ${what} | ${figures.map((figure) => figure.toFixed(1)).join(' | ')} |`;
  };
  const { builders, layers } = (await syntax.read(typed)).source;
  console.log(`# Reading a model file for its lenses

    npx tsx bench/lenses.ts > bench/results/lenses.md

${new Date().toISOString().slice(0, 10)}; ${os.cpus()[0]?.model}, ${os.cpus().length} cores, ${os.type()}; Node ${process.version.slice(1)}; one-minute load ${os.loadavg()[0]!.toFixed(1)}. A TypeScript file of ${text.split('\n').length} lines, ${Math.round(text.length / 1024)} KB, ${builders.length} builders, ${layers.length} layer calls; and ${usual.split('\n').length} lines, ${Math.round(usual.length / 1024)} KB, of this project's own model files, one after another. Milliseconds; ${ROUNDS} rounds. The parser works in slices: "held up" is the longest stretch in which nothing else could run; "processor" is what the process used, its compiler's and collector's threads included.

| what | median | longest | processor, median | held up, median | held up, longest |
| --- | --- | --- | --- | --- | --- |
${row('the first file of a session, code not yet compiled', [first])}
${row('another file', anew)}
${row('2,000 lines of model files as they are written', anewUsual)}
${row('after an edit of one character', edited)}
${row('another file, half typed', halfTyped)}`);
}

void main();
