import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { backendChoice, installBackend, listBackends, removeBackend } from '../../src/backends';
import { compileBinding, findCompiler } from '../../src/backends/compiler';
import { requireSpace } from '../../src/backends/disk';
import { backendFolder, backendsFolder, readManifest, writeManifest } from '../../src/backends/installed';
import { lockBackend, lockFolder } from '../../src/backends/lock';
import { findNvidiaGpus, visibleGpu } from '../../src/backends/nvidia';
import { backendVersion, tensorflowWheels, webgpuPackage } from '../../src/backends/pins';
import { runCommand } from '../../src/common/command';
import { inputError, temporaryFolder, withEnvironment } from './backends-helpers';

const onUnix = process.platform === 'win32' ? it.skip : it;

describe('running a command', () => {
  it('gives its end and its output', async () => {
    const program = 'console.log("out"); console.error("err"); process.exit(3)';
    const finished = await runCommand(process.execPath, ['-e', program]);
    assert.deepEqual(finished, { code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it('kills it after its time', async () => {
    const finished = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      timeout: 100,
    });
    assert.equal(finished.signal, 'SIGKILL');
  });

  it('does not keep the process waiting for a program that is not there', async () => {
    const program = `require('./src/common/command.ts').succeeds('no-such-program', []).then((found) => console.log(found));`;
    const root = path.join(__dirname, '../..');
    // Killed, it would have no exit code.
    const { code, stdout } = await runCommand(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
      cwd: root,
      timeout: 15_000,
    });
    assert.deepEqual([code, stdout], [0, 'false\n']);
  });
});

describe('the choice of a backend', () => {
  it('is what is given, else RETORT_BACKEND, else auto', () => {
    assert.equal(backendChoice('cpu', { RETORT_BACKEND: 'wasm' }), 'cpu');
    assert.equal(backendChoice(undefined, { RETORT_BACKEND: 'wasm' }), 'wasm');
    assert.equal(backendChoice(undefined, { RETORT_BACKEND: '' }), 'auto');
    assert.equal(backendChoice(undefined, {}), 'auto');
  });

  it('says where a wrong name stands and which is near', () => {
    assert.throws(
      () => backendChoice('webgp', {}),
      inputError(/^--backend: no backend "webgp"; did you mean "webgpu"\?/),
    );
    assert.throws(
      () => backendChoice(undefined, { RETORT_BACKEND: 'tpu' }),
      inputError(/^RETORT_BACKEND: no backend "tpu"/),
    );
  });
});

describe('the pinned packages of backends', () => {
  it('have a hash and a size each, one TensorFlow for all, and CUDA libraries for the GPU alone', () => {
    const published = { cpu: ['linux-x64', 'linux-arm64', 'darwin-arm64'], gpu: ['linux-x64'] } as const;
    for (const backend of ['cpu', 'gpu'] as const) {
      for (const platform of published[backend]) {
        const wheels = tensorflowWheels(backend, platform);
        for (const wheel of wheels) {
          assert.match(wheel.sha256, /^[0-9a-f]{64}$/);
          assert.ok(wheel.size > 1e6);
          assert.ok(wheel.file.startsWith(`${wheel.project.replaceAll('-', '_')}-${wheel.version}-`));
        }
        const [tensorflow, ...libraries] = wheels;
        assert.match(tensorflow!.project, /^tensorflow(-cpu)?$/);
        assert.equal(tensorflow!.version, backendVersion(backend));
        assert.equal(libraries.length > 0, backend === 'gpu');
        assert.ok(libraries.every(({ project }) => /^nvidia-[a-z-]+-cu12$/.test(project)));
      }
    }
    assert.match(webgpuPackage.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
  });

  it('are refused, with what to do instead, where there are none', () => {
    assert.throws(
      () => tensorflowWheels('gpu', 'darwin-arm64'),
      inputError(/Linux on x86-64 only.*install `cpu` or `webgpu`/),
    );
    assert.throws(
      () => tensorflowWheels('cpu', 'win32-x64'),
      inputError(/Windows has no C library.*--backend webgpu.*WSL/),
    );
    assert.throws(
      () => tensorflowWheels('cpu', 'linux-x64-musl'),
      inputError(/not published for linux-x64-musl.*wasm/),
    );
  });
});

describe('the folder of backends', () => {
  const folder = temporaryFolder();
  withEnvironment(() => ({ RETORT_HOME: folder.path }));

  it('is the same for nothing installed as for something half installed', async () => {
    assert.equal(readManifest('cpu'), undefined);
    fs.mkdirSync(backendFolder('cpu'), { recursive: true });
    assert.equal(readManifest('cpu'), undefined);
    const [gpu, cpu, webgpu, wasm] = await listBackends();
    assert.deepEqual([gpu!.name, cpu!.name, webgpu!.name, wasm!.name], ['gpu', 'cpu', 'webgpu', 'wasm']);
    assert.equal(cpu!.installed, false);
    assert.match(cpu!.reason!, /not installed \(retort backend install cpu\)/);
    assert.equal(wasm!.usable, true);
  });

  it('describes what is there, and counts nothing made for another machine or binding', () => {
    fs.mkdirSync(backendFolder('cpu'), { recursive: true });
    fs.writeFileSync(path.join(backendFolder('cpu'), 'library'), 'x'.repeat(1000));
    const packages = [{ name: 'tensorflow-cpu', version: '2.21.0', hash: 'sha256-00' }];
    writeManifest(backendFolder('cpu'), 'cpu', { packages });
    const manifest = readManifest('cpu')!;
    assert.deepEqual(
      [manifest.backend, manifest.size, manifest.host, manifest.packages],
      ['cpu', 1000, os.hostname(), packages],
    );
    const file = path.join(backendFolder('cpu'), 'manifest.json');
    fs.writeFileSync(file, JSON.stringify({ ...manifest, platform: 'win32-x64' }));
    assert.equal(readManifest('cpu'), undefined);
    fs.writeFileSync(file, JSON.stringify({ ...manifest, bindingVersion: '3.0.0' }));
    assert.equal(readManifest('cpu'), undefined);
    fs.writeFileSync(file, JSON.stringify(manifest).slice(0, 40));
    assert.equal(readManifest('cpu'), undefined);
  });

  it('says why an installed binding does not work', async () => {
    fs.mkdirSync(backendFolder('cpu'), { recursive: true });
    fs.writeFileSync(path.join(backendFolder('cpu'), 'tfjs_binding.node'), 'no library');
    writeManifest(backendFolder('cpu'), 'cpu', { packages: [] });
    const cpu = (await listBackends())[1]!;
    assert.deepEqual([cpu.installed, cpu.usable, cpu.size], [true, false, 'no library'.length]);
    assert.match(cpu.reason!, /tfjs_binding\.node|file too short|invalid ELF/);
  });

  it('loses a backend in all its versions, and what killed processes left of any', async () => {
    for (const name of ['cpu-2.19.0', 'cpu-2.21.0', 'webgpu-0.6.2', '.cpu-aside-abc', '.gpu-aside-def']) {
      fs.mkdirSync(path.join(backendsFolder(), name, 'inner'), { recursive: true });
    }
    assert.equal(await removeBackend('cpu'), true);
    assert.deepEqual(fs.readdirSync(backendsFolder()), ['webgpu-0.6.2']);
    assert.equal(await removeBackend('cpu'), false);
  });

  it('is left to another process that is at the same backend, while that one lives', async () => {
    const program = `require('./src/backends/lock.ts').lockBackend('cpu'); console.log('locked'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
      cwd: path.join(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    fs.mkdirSync(path.join(backendsFolder(), '.cpu-aside-theirs'));
    const busy = new RegExp(
      `^Process ${child.pid} is installing or removing TensorFlow for CPUs; wait for it`,
    );
    await assert.rejects(installBackend('cpu'), inputError(busy));
    fs.mkdirSync(path.join(backendsFolder(), 'cpu-2.19.0'));
    await assert.rejects(removeBackend('cpu'), inputError(busy));
    assert.equal(await removeBackend('webgpu'), false);
    assert.ok(fs.existsSync(path.join(backendsFolder(), '.cpu-aside-theirs')));
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal(await removeBackend('cpu'), true);
    assert.deepEqual(fs.readdirSync(backendsFolder()), []);
  });

  it('is not taken from a holder on another host, and is from a dead process whose number lives again', () => {
    const hold = (changes: object) => {
      fs.mkdirSync(lockFolder('cpu'), { recursive: true });
      const holder = { pid: process.pid, host: os.hostname(), started: 'long ago', ...changes };
      fs.writeFileSync(path.join(lockFolder('cpu'), 'holder.json'), JSON.stringify(holder));
    };
    hold({ host: 'elsewhere' });
    const lock = lockBackend('cpu');
    assert.ok('heldBy' in lock);
    assert.equal(lock.heldBy.host, 'elsewhere');
    hold({});
    const taken = lockBackend('cpu');
    assert.ok('release' in taken);
    taken.release();
    assert.ok(!fs.existsSync(lockFolder('cpu')));
  });

  it('that cannot be written to is a clear error', async () => {
    process.env.RETORT_HOME = path.join(folder.path, 'file');
    fs.writeFileSync(process.env.RETORT_HOME, '');
    await assert.rejects(installBackend('webgpu'), inputError(/cannot be changed .*set RETORT_HOME/));
  });

  it('has room, or the install does not start', () => {
    requireSpace(folder.path, 1);
    assert.throws(
      () => requireSpace(folder.path, 1e18),
      inputError(/GB free and the install needs 1000000000\.0 GB/),
    );
  });
});

describe('the compiler of the binding', () => {
  const folder = temporaryFolder();
  withEnvironment(() => ({ PATH: folder.path, CXX: undefined }));

  onUnix('that is missing is an error with the command that installs one', async () => {
    await assert.rejects(
      findCompiler(),
      inputError(/^No C\+\+ compiler found; .*(run `|install g\+\+).*--backend webgpu or wasm/),
    );
    process.env.CXX = 'no-such-compiler';
    await assert.rejects(findCompiler(), inputError(/^CXX names no-such-compiler, which does not run/));
  });

  onUnix('is the one that CXX names, and what it complains of is told in one line', async () => {
    const fake = path.join(folder.path, 'my-cxx');
    fs.writeFileSync(
      fake,
      '#!/bin/sh\n[ "$1" = --version ] && { echo "my compiler 1.0"; echo more; exit 0; }\necho "a.cc:1: error: no such luck" >&2\necho note >&2\nexit 1\n',
      { mode: 0o755 },
    );
    process.env.CXX = fake;
    const compiler = await findCompiler();
    assert.deepEqual(compiler, { command: fake, version: 'my compiler 1.0' });
    fs.mkdirSync(path.join(folder.path, 'tensorflow'));
    await assert.rejects(
      compileBinding(compiler, folder.path),
      inputError(
        /^my compiler 1\.0 could not compile TensorFlow's binding: a\.cc:1: error: no such luck; set CXX/,
      ),
    );
  });
});

describe('the NVIDIA driver', () => {
  const folder = temporaryFolder();
  withEnvironment(() => ({ PATH: folder.path }));

  function nvidiaSmi(script: string): void {
    fs.writeFileSync(path.join(folder.path, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  onUnix('names its GPUs', async () => {
    nvidiaSmi('echo "NVIDIA H200"; echo "NVIDIA A2"');
    assert.deepEqual(await findNvidiaGpus(), { found: true, names: ['NVIDIA H200', 'NVIDIA A2'] });
  });

  onUnix('says why it has none', async function () {
    if (fs.existsSync('/proc/driver/nvidia/gpus')) this.skip();
    assert.deepEqual(await findNvidiaGpus(), { found: false, reason: 'no NVIDIA GPU found' });
    nvidiaSmi(
      'echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9',
    );
    assert.deepEqual(await findNvidiaGpus(), {
      found: false,
      reason: 'nvidia-smi: NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.',
    });
  });

  it('shows TensorFlow the first of those that are visible', () => {
    const names = ['first', 'second'];
    assert.equal(visibleGpu(names, {}), 'first');
    assert.equal(visibleGpu(names, { CUDA_VISIBLE_DEVICES: '1,0' }), 'second');
    assert.equal(visibleGpu(names, { CUDA_VISIBLE_DEVICES: 'GPU-8932f937' }), 'first');
  });
});
