import { bindingFile, webgpuModule } from './installed';
import { runCommand } from './command';

/** What a backend says of itself when it is tried. */
export type Probe =
  | { readonly works: true; readonly device: 'CPU' | 'GPU'; readonly version: string; readonly name?: string }
  | { readonly works: false; readonly reason: string };

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
  console.log(JSON.stringify(right
    ? { works: true, device: binding.isUsingGpuDevice() ? 'GPU' : 'CPU', version: binding.TF_Version }
    : { works: false, reason: 'it multiplies two matrices wrongly' }));
`;

const webgpuProgram = `
  const { create } = require(process.argv[1]);
  create([]).requestAdapter().then((adapter) => {
    const name = adapter && (adapter.info.description || adapter.info.device || adapter.info.vendor);
    console.log(JSON.stringify(adapter
      ? { works: true, device: adapter.info.architecture === 'swiftshader' ? 'CPU' : 'GPU', version: '', name }
      : { works: false, reason: 'no graphics driver that it can use (Vulkan, Metal or Direct3D 12)' }));
    process.exit();
  });
`;

/** Tries a TensorFlow binding in a process of its own, so that a crash there is a reason here. */
export function probeTensorflow(binding: string, environment: NodeJS.ProcessEnv = {}): Promise<Probe> {
  return probe(tensorflowProgram, binding, environment);
}

export function probeWebgpu(module = webgpuModule()): Promise<Probe> {
  return probe(webgpuProgram, module, {});
}

export function probeInstalled(backend: 'cpu' | 'gpu' | 'webgpu'): Promise<Probe> {
  return backend === 'webgpu' ? probeWebgpu() : probeTensorflow(bindingFile(backend));
}

async function probe(program: string, argument: string, environment: NodeJS.ProcessEnv): Promise<Probe> {
  const { stdout, stderr, code, signal } = await runCommand(process.execPath, ['-e', program, argument], {
    // The program may run on VS Code's own executable.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true', ...environment },
    timeout: 120_000,
  });
  const answer = stdout.split('\n').find((line) => line.startsWith('{"works"'));
  if (answer !== undefined) return JSON.parse(answer) as Probe;
  const complaint =
    stderr.split('\n').find((line) => /error/i.test(line)) ?? stderr.trim().split('\n').at(-1);
  return {
    works: false,
    reason: `it ends with ${signal ?? `exit code ${code}`}${complaint ? `: ${complaint.trim()}` : ''}`,
  };
}
