/**
 * Images per second of training steps, TensorFlow.js as it comes against the kernels that Retort registers.
 * Both run in processes of their own, which take turns: `npx tsx bench/kernels.ts > bench/results/kernels.md`
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as os from 'node:os';
import { Value } from '@sinclair/typebox/value';
import * as tf from '@tensorflow/tfjs';
import { messageOf } from '../src/common/errors';
import { installKernels } from '../src/engine/backends/kernels';
import { loadTensorflow } from '../src/engine/backends/tensorflow';
import { loadWasm } from '../src/engine/backends/wasm';
import { networkNamed } from '../src/engine/models/networks';

const batchSize = 64;
const warmUpSteps = 3;
const secondsPerRound = 1.5;

const backends = {
  tensorflow: { title: 'TensorFlow, CPU', rounds: 7, load: () => loadTensorflow('cpu', { hideGpus: true }) },
  wasm: { title: 'WebAssembly, one thread', rounds: 5, load: loadWasm },
} as const;

const networks: Record<string, () => tf.LayersModel> = {
  '3 convolutions 16/32/64, 28x28x1': smallNetwork,
  'ResNet-8, 32x32x3': () => builtIn('resnet8'),
  'ResNet-20, 32x32x3': () => builtIn('resnet20'),
};

function builtIn(name: string): tf.LayersModel {
  const { args, build } = networkNamed(name);
  return build({ ...(Value.Default(args, {}) as object), inputShape: [32, 32, 3], classes: 10 });
}

function smallNetwork(): tf.LayersModel {
  const inputs = tf.input({ shape: [28, 28, 1] });
  let x = inputs;
  for (const filters of [16, 32, 64]) {
    if (filters > 16) x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor;
    const convolution = tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
    x = convolution.apply(x) as tf.SymbolicTensor;
  }
  x = tf.layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs, outputs: tf.layers.dense({ units: 10 }).apply(x) as tf.SymbolicTensor });
}

/** A training step: SGD with momentum on noise. */
function trainingStep(network: tf.LayersModel): () => void {
  const images = tf.randomNormal([batchSize, ...network.inputs[0]!.shape.slice(1)] as number[]);
  const labels = tf.oneHot(tf.range(0, batchSize, 1, 'int32').mod(tf.scalar(10, 'int32')), 10);
  const weights = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = tf.train.momentum(0.01, 0.9);
  return () => {
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const logits = network.apply(images, { training: true }) as tf.Tensor;
        return tf.losses.softmaxCrossEntropy(labels, logits);
      }, weights);
      optimizer.applyGradients(grads as Record<string, tf.Variable>);
      value.dataSync();
    });
  };
}

type Variant = 'shipped' | 'kernels';
/** Images per second, or why there are none. */
type Answer = { readonly speed: number } | { readonly failure: string };

/** The process that measures: answers the name of a network with its speed in one round. */
async function measure(backend: keyof typeof backends, variant: Variant): Promise<void> {
  await backends[backend].load();
  if (variant === 'kernels') installKernels(backend === 'wasm' ? 'wasm' : 'tensorflow-cpu');
  const steps = new Map<string, () => void>();
  process.on('message', (name: string) => {
    try {
      let step = steps.get(name);
      if (!step) {
        steps.set(name, (step = trainingStep(networks[name]!())));
        for (let i = 0; i < warmUpSteps; i++) step();
      }
      const start = performance.now();
      let images = 0;
      do {
        step();
        images += batchSize;
      } while (performance.now() - start < secondsPerRound * 1000);
      answer({ speed: (images * 1000) / (performance.now() - start) });
    } catch (error) {
      answer({ failure: messageOf(error) });
    }
  });
  const answer = (message: Answer): void => void process.send!(message);
  process.send!('ready');
}

async function main(): Promise<void> {
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  console.log('# Training steps with and without the kernels\n');
  console.log('    npx tsx bench/kernels.ts > bench/results/kernels.md\n');
  console.log(
    `${new Date().toISOString().slice(0, 10)}; ${cpu}, ${os.availableParallelism()} cores, ${os.type()}; Node ` +
      `${process.versions.node}; TensorFlow.js ${tf.version_core}. Batch ${batchSize}, SGD with momentum. Images ` +
      'per second, median of the rounds (lowest to highest); the two take turns.\n',
  );
  console.log(
    '| backend | network | as shipped | with the kernels | gain |\n| --- | --- | --- | --- | --- |',
  );
  for (const backend of Object.keys(backends) as (keyof typeof backends)[]) {
    const variants: Variant[] = ['shipped', 'kernels'];
    const processes = variants.map((variant) => start(backend, variant));
    await Promise.all(processes.map((child) => once(child, 'message')));
    for (const network of Object.keys(networks)) {
      const answers: Answer[][] = [[], []];
      for (let round = 0; round < backends[backend].rounds; round++) {
        for (const [index, child] of processes.entries()) {
          if (answers[index]!.some((answer) => 'failure' in answer)) continue;
          child.send(network);
          answers[index]!.push(((await once(child, 'message')) as [Answer])[0]);
        }
      }
      const [shipped, kernels] = answers.map(summarize);
      const gain =
        shipped!.median && kernels!.median ? `${(kernels!.median / shipped!.median).toFixed(1)}x` : '';
      console.log(
        `| ${backends[backend].title} | ${network} | ${shipped!.text} | ${kernels!.text} | ${gain} |`,
      );
    }
    for (const child of processes) child.kill();
  }
}

function start(backend: string, variant: string): ChildProcess {
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const;
  return fork(__filename, [backend, variant], { execArgv: ['--require', 'tsx/cjs'], stdio: [...stdio] });
}

function summarize(answers: readonly Answer[]): { readonly median?: number; readonly text: string } {
  const failed = answers.find((answer) => 'failure' in answer);
  if (failed) return { text: `does not train: ${failed.failure}` };
  const speeds = answers.map((answer) => ('speed' in answer ? answer.speed : 0)).sort((a, b) => a - b);
  const median = speeds[Math.floor(speeds.length / 2)]!;
  const [lowest, highest] = [speeds[0]!, speeds[speeds.length - 1]!].map(Math.round);
  return { median, text: `${Math.round(median)} (${lowest} to ${highest})` };
}

const [backend, variant] = process.argv.slice(2);
void (backend === undefined ? main() : measure(backend as keyof typeof backends, variant as Variant));
