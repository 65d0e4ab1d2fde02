import type { BuildResult } from 'esbuild';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The licences of the packages that bundles hold, each text once. */
export function notices(root: string, built: readonly BuildResult[]): string {
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile!.inputs));
  const packages = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  const byText = new Map<string, string[]>();
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license: string };
    const text = licenceText(path.join(root, folder)) ?? license;
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...byText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text.trim()}\n`)
    .join(`\n${'='.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name` of a file in it. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

function licenceText(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.|-|$)/i.test(file));
  const file = path.join(folder, name ?? '');
  return name !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
