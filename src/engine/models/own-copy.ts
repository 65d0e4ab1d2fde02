import * as tf from '@tensorflow/tfjs';
import type { Plugin } from 'esbuild';

/**
 * Every import of TensorFlow.js in a user's module graph, in their packages too, resolves to this process's own
 * copy. A second copy would share the registry of gradients but not the classes, and break both.
 */

const specifier =
  /^@tensorflow\/tfjs(?:-(?<part>core|layers|converter|data|node|node-gpu|backend-[a-z]+))?(?:\/(?<inner>.+))?$/;
const installedFile = /[\\/]node_modules[\\/](@tensorflow[\\/]tfjs(?:-(?:core|layers|converter|data))?)[\\/]/;
const scheme = 'own-copy:';

/** For the bundle: stands in for TensorFlow.js's packages, installed in the workspace or not. */
export const ownCopyPlugin: Plugin = {
  name: 'own copy of TensorFlow.js',
  setup(build) {
    build.onResolve({ filter: specifier }, ({ path }) => ({ path, namespace: 'own-copy' }));
    build.onResolve({ filter: new RegExp(`^${scheme}`) }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'own-copy' }, ({ path }) => ({ contents: forward(path) }));
    // Reached by a relative path or an alias.
    build.onLoad({ filter: installedFile }, ({ path }) => ({
      contents: forward(installedFile.exec(path)![1]!.replace('\\', '/')),
    }));
  },
};

/** What `require` gives the evaluated bundle for TensorFlow.js; undefined for anything else. */
export function ownCopy(name: string): object | undefined {
  const groups = specifier.exec(name.startsWith(scheme) ? name.slice(scheme.length) : name)?.groups;
  if (!groups) return undefined;
  if (groups.part === 'data') return tf.data;
  if (groups.part !== 'layers' || groups.inner === undefined) return tf;
  // Inner files of the layers package: their classes and functions, where they are public.
  const group = /(?:^|\/)exports_(layers|initializers|regularizers|constraints|metrics)$/.exec(groups.inner);
  return group ? tf[group[1] as 'layers'] : { ...tf.layers, ...tf };
}

/** A module with the same exports, by name: an import that our copy lacks is then an error with its place. */
function forward(name: string): string {
  const names = Object.keys(ownCopy(name)!).filter((key) => key !== 'default');
  return [
    `const own = require(${JSON.stringify(scheme + name)});`,
    ...names.map((key, index) => `const _${index} = own[${JSON.stringify(key)}];`),
    `export { ${names.map((key, index) => `_${index} as ${key}`).join(', ')} };`,
    'export default own;',
  ].join('\n');
}
