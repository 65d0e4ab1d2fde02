import { pathToFileURL } from 'node:url';
import { runCommand } from '../common/command';

/** What a backend says of itself when it is tried, with what it logs. */
export type Probe = (Works | Fails) & { readonly log: string };

interface Works {
  readonly works: true;
  readonly device: string;
  readonly kind: 'CPU' | 'GPU';
}

interface Fails {
  readonly works: false;
  readonly reason: string;
  /** It starts, and only finds no device. */
  readonly starts?: true;
}

/** Multiplies two matrices through the binding and says which device it uses. */
const tensorflowProgram = `
  const binding = require(process.argv[1]);
  const type = binding.TF_ATTR_TYPE, flag = binding.TF_ATTR_BOOL;
  const x = binding.createTensor([2, 2], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const [product] = binding.executeOp('MatMul', [
    { name: 'transpose_a', type: flag, value: false },
    { name: 'transpose_b', type: flag, value: false },
    { name: 'T', type, value: binding.TF_FLOAT },
  ], [x, x], 1);
  const right = String(binding.tensorDataSync(product.id)) === '7,10,15,22';
  const kind = binding.isUsingGpuDevice() ? 'GPU' : 'CPU';
  console.log(JSON.stringify(right
    ? { works: true, device: kind, kind }
    : { works: false, reason: 'it multiplies two matrices wrongly' }));
`;

const webgpuProgram = `
  import(process.argv[1]).then(async ({ create }) => {
    const adapter = await create([]).requestAdapter();
    const info = adapter && adapter.info;
    console.log(JSON.stringify(info
      ? {
          works: true,
          device: info.description || info.device || info.vendor,
          kind: info.isFallbackAdapter ? 'CPU' : 'GPU',
        }
      : { works: false, starts: true, reason: 'no graphics driver that it can use (Vulkan, Metal or Direct3D 12)' }));
    process.exit();
  });
`;

/** Tries a compiled TensorFlow binding in a process of its own, so that a crash there is a reason here. */
export function probeTensorflow(binding: string): Promise<Probe> {
  return probe(tensorflowProgram, binding);
}

/** Asks the `webgpu` package, by the path of its module, for its best adapter. */
export function probeWebgpu(module: string): Promise<Probe> {
  return probe(webgpuProgram, pathToFileURL(module).href);
}

async function probe(program: string, argument: string): Promise<Probe> {
  const { stdout, stderr, code, signal } = await runCommand(process.execPath, ['-e', program, argument], {
    env: {
      ...process.env,
      // The program that runs this may be VS Code's own executable.
      ELECTRON_RUN_AS_NODE: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_CPP_MIN_LOG_LEVEL: '0',
    },
    timeout: 120_000,
  });
  const answer = stdout.split('\n').find((line) => line.startsWith('{"works"'));
  if (answer !== undefined) return { ...(JSON.parse(answer) as Probe), log: stderr };
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.find((line) => /error|fatal|not available/i.test(line)) ?? lines.at(-1);
  const end = `it ends with ${signal ?? `exit code ${code}`}`;
  return { works: false, reason: complaint ? `${end}: ${complaint.trim()}` : end, log: stderr };
}
