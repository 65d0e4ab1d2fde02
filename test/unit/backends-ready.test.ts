import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { backendChoice, backendsFolder, readManifest } from '../../src/backends';
import { runCommand } from '../../src/common/command';
import type { BackendReport } from '../../src/engine/backends/report';
import { temporaryFolder } from './backends-helpers';

const root = path.join(__dirname, '../..');
const onUnix = process.platform === 'win32' ? it.skip : it;

/** Either report, or the error that came instead. */
type Answer = Partial<BackendReport> & { readonly error?: string };

/**
 * Asks for each of the backends in turn, in one process of its own: a process keeps the backend it started with.
 * An empty name asks for none.
 */
async function ask(backends: readonly string[], environment: NodeJS.ProcessEnv): Promise<Answer[]> {
  const program = `
    const { ready } = require('./src/engine/backends');
    const { InputError } = require('./src/common/errors');
    (async () => {
      for (const name of ${JSON.stringify(backends)}) {
        const answer = await ready(name || undefined).catch((error) => {
          if (!(error instanceof InputError)) throw error;
          return { error: error.message };
        });
        console.log(JSON.stringify(answer));
      }
    })();`;
  const { stdout, stderr, code } = await runCommand(
    process.execPath,
    ['--require', 'tsx/cjs', '--eval', program],
    {
      cwd: root,
      env: { ...process.env, RETORT_BACKEND: '', ...environment },
    },
  );
  assert.equal(code, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

describe('making a backend ready', () => {
  const folder = temporaryFolder();

  /** A machine without any backend installed, and with the NVIDIA driver that the script plays. */
  function bare(nvidiaSmi?: string): NodeJS.ProcessEnv {
    if (nvidiaSmi !== undefined) {
      fs.writeFileSync(path.join(folder.path, 'nvidia-smi'), `#!/bin/sh\n${nvidiaSmi}\n`, { mode: 0o755 });
    }
    return { RETORT_HOME: folder.path, PATH: folder.path };
  }

  it('falls to WebAssembly where nothing is installed, and says why nothing better', async function () {
    if (fs.existsSync('/proc/driver/nvidia/gpus')) this.skip();
    const [report] = await ask([''], bare());
    assert.equal(report!.name, 'wasm');
    assert.equal(
      report!.note,
      'WebAssembly on CPU (1 core); no NVIDIA GPU found; TensorFlow for CPUs is not installed (retort backend install cpu); WebGPU is not installed (retort backend install webgpu)',
    );
    assert.deepEqual(Object.keys(report!.versions!).sort(), ['node', 'tfjs', 'wasm']);
  });

  it('refuses a named one that is not installed, and lets another be tried', async () => {
    const [cpu, webgpu, wasm] = await ask(['cpu', 'webgpu', 'wasm'], bare());
    assert.match(
      cpu!.error!,
      /^Backend cpu: TensorFlow for CPUs is not installed \(retort backend install cpu\); /,
    );
    assert.match(
      webgpu!.error!,
      /^Backend webgpu: WebGPU is not installed \(retort backend install webgpu\); /,
    );
    assert.equal(wasm!.note, 'WebAssembly on CPU (1 core)');
  });

  it('follows RETORT_BACKEND, and what is asked for before it', async () => {
    const [fromEnvironment] = await ask([''], { ...bare(), RETORT_BACKEND: 'cpu' });
    assert.match(fromEnvironment!.error!, /^Backend cpu: /);
    const [asked] = await ask(['wasm'], { ...bare(), RETORT_BACKEND: 'cpu' });
    assert.equal(asked!.name, 'wasm');
    const [wrong] = await ask([''], { ...bare(), RETORT_BACKEND: 'tpu' });
    assert.match(wrong!.error!, /^RETORT_BACKEND: no backend "tpu"/);
  });

  it('keeps to one backend in a process', async () => {
    const [first, again, other, any] = await ask(['wasm', 'wasm', 'webgpu', 'auto'], bare());
    assert.deepEqual(again, first);
    assert.deepEqual(any, first);
    assert.equal(
      other!.error,
      'Backend webgpu: this process already computes with wasm; use another process',
    );
  });

  onUnix('never takes the CPU where the GPU was asked for', async function () {
    if (fs.existsSync('/proc/driver/nvidia/gpus')) this.skip();
    const [none] = await ask(['gpu'], bare());
    assert.equal(
      none!.error,
      'Backend gpu: no NVIDIA GPU found; `retort backend list` shows which ones work here',
    );
    const [missing, auto] = await ask(['gpu', ''], bare('echo NVIDIA H200'));
    const reason =
      'NVIDIA H200 found, but TensorFlow for NVIDIA GPUs is not installed (retort backend install gpu)';
    assert.ok(missing!.error!.startsWith(`Backend gpu: ${reason}; `));
    assert.ok(auto!.note!.startsWith(`WebAssembly on CPU (1 core); ${reason}; `));
  });

  onUnix('takes a GPU for usable only if TensorFlow itself says so', async function () {
    if (!readManifest('gpu') || fs.existsSync('/proc/driver/nvidia/gpus')) this.skip();
    // The GPU build is here, the driver only seems to be.
    const environment = { ...bare('echo NVIDIA H200'), RETORT_HOME: path.dirname(backendsFolder()) };
    const [gpu, auto] = await ask(['gpu', 'auto'], environment);
    assert.match(gpu!.error!, /^Backend gpu: TensorFlow cannot use NVIDIA H200: .*cuInit/);
    assert.equal(auto!.name, 'tensorflow-cpu');
    assert.match(auto!.note!, /^TensorFlow 2\.\d+ on CPU \(.*\); TensorFlow cannot use NVIDIA H200: /);
  });

  it('computes with TensorFlow where it is installed', async function () {
    if (!['auto', 'cpu'].includes(backendChoice(undefined)) || !readManifest('cpu')) this.skip();
    const [report] = await ask(['cpu'], {});
    assert.equal(report!.name, 'tensorflow-cpu');
    const cores = os.availableParallelism();
    assert.equal(report!.device, `CPU (${cores} ${cores === 1 ? 'core' : 'cores'})`);
    assert.match(report!.versions!.tensorflow!, /^2\.\d+\.\d+$/);
    assert.equal(
      report!.note,
      `TensorFlow ${report!.versions!.tensorflow!.replace(/\.\d+$/, '')} on ${report!.device}`,
    );
  });

  it('tries what another machine installed on a disk that both share, before it trusts it', async function () {
    if (!['auto', 'cpu'].includes(backendChoice(undefined)) || !readManifest('cpu')) this.skip();
    // As far as the binding goes, a copy of the machine's own backend, made elsewhere.
    const source = path.join(backendsFolder(), `cpu-${readManifest('cpu')!.version}`);
    const copy = path.join(folder.path, 'backends', path.basename(source));
    fs.mkdirSync(copy, { recursive: true });
    fs.writeFileSync(
      path.join(copy, 'manifest.json'),
      JSON.stringify({ ...readManifest('cpu'), host: 'another-machine' }),
    );
    fs.copyFileSync(path.join(source, 'tfjs_binding.node'), path.join(copy, 'tfjs_binding.node'));
    const [broken, auto] = await ask(['cpu', 'auto'], bare());
    assert.match(
      broken!.error!,
      /^Backend cpu: TensorFlow for CPUs does not work on this machine: .*libtensorflow/,
    );
    assert.equal(auto!.name, 'wasm');
    fs.symlinkSync(path.join(source, 'tensorflow'), path.join(copy, 'tensorflow'));
    const [works] = await ask(['cpu'], bare());
    assert.equal(works!.name, 'tensorflow-cpu');
  });
});
