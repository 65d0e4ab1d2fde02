// Writes src/backends/pins.json: the packages that each backend is made of, with sizes and hashes as the
// indexes give them. Run it after changing a version here: node scripts/pin-backends.mjs
import { writeFileSync } from 'node:fs';

const tensorflow = '2.21.0';

// Only the C library inside a wheel is used, so the wheel of any one CPython serves.
const wheels = {
  cpu: {
    'linux-x64': { 'tensorflow-cpu': [tensorflow, 'cp312-cp312-manylinux_2_27_x86_64'] },
    'linux-arm64': { tensorflow: [tensorflow, 'cp312-cp312-manylinux_2_27_aarch64'] },
    'darwin-arm64': { tensorflow: [tensorflow, 'cp312-cp312-macosx_12_0_arm64'] },
  },
  // What the extra `tensorflow[and-cuda]` asks for, as one set: CUDA 12.9.
  gpu: {
    'linux-x64': {
      tensorflow: [tensorflow, 'cp312-cp312-manylinux_2_27_x86_64'],
      'nvidia-cublas-cu12': ['12.9.3.13', 'x86_64'],
      'nvidia-cuda-cupti-cu12': ['12.9.79', 'x86_64'],
      'nvidia-cuda-nvcc-cu12': ['12.9.86', 'x86_64'],
      'nvidia-cuda-nvrtc-cu12': ['12.9.86', 'x86_64'],
      'nvidia-cuda-runtime-cu12': ['12.9.79', 'x86_64'],
      'nvidia-cudnn-cu12': ['9.28.0.42', 'x86_64'],
      'nvidia-cufft-cu12': ['11.4.1.4', 'x86_64'],
      'nvidia-curand-cu12': ['10.3.10.19', 'x86_64'],
      'nvidia-cusolver-cu12': ['11.7.5.82', 'x86_64'],
      'nvidia-cusparse-cu12': ['12.5.10.65', 'x86_64'],
      'nvidia-nccl-cu12': ['2.32.3', 'x86_64'],
      'nvidia-nvjitlink-cu12': ['12.9.86', 'x86_64'],
    },
  },
};

const webgpu = '0.6.2';

async function json(url, accept) {
  const response = await fetch(url, { headers: { accept } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.json();
}

async function wheel(project, [version, tag]) {
  const page = await json(`https://pypi.org/simple/${project}/`, 'application/vnd.pypi.simple.v1+json');
  const found = page.files.filter(
    ({ filename }) =>
      filename.startsWith(`${project.replaceAll('-', '_')}-${version}-`) && filename.endsWith(`${tag}.whl`),
  );
  if (found.length !== 1) throw new Error(`${project} ${version} ${tag}: ${found.length} wheels`);
  const [{ filename, size, hashes }] = found;
  return { project, version, file: filename, size, sha256: hashes.sha256 };
}

async function npmPackage(name, version) {
  const { dist } = await json(`https://registry.npmjs.org/${name}/${version}`, 'application/json');
  const { headers } = await fetch(dist.tarball, { method: 'HEAD' });
  return { name, version, size: Number(headers.get('content-length')), integrity: dist.integrity };
}

const pins = { tensorflow, webgpu: await npmPackage('webgpu', webgpu), cpu: {}, gpu: {} };
for (const [backend, platforms] of Object.entries(wheels)) {
  for (const [platform, projects] of Object.entries(platforms)) {
    pins[backend][platform] = await Promise.all(
      Object.entries(projects).map(([project, pin]) => wheel(project, pin)),
    );
  }
}
writeFileSync('src/backends/pins.json', `${JSON.stringify(pins, null, 2)}\n`);
