import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What of pip's configuration matters for fetching wheels. */
export interface PipConfig {
  /** Simple indexes, in the order in which they are asked. */
  readonly indexes: readonly string[];
  /** Folders and pages that list wheels beside them. */
  readonly findLinks: readonly string[];
  readonly proxy: string | undefined;
  readonly certificates: string | undefined;
  readonly trustedHosts: readonly string[];
}

const publicIndex = 'https://pypi.org/simple';

/**
 * The user's pip configuration as pip itself would see it for `pip download`: its files, then `PIP_*` variables
 * (https://pip.pypa.io/en/stable/topics/configuration/).
 */
export function readPipConfig(environment: NodeJS.ProcessEnv = process.env): PipConfig {
  const settings = new Map<string, string>();
  const files = configFiles(environment).map(parseFile);
  // A command's own section counts more than the common one of any file.
  for (const section of ['global', 'download']) {
    for (const file of files) {
      for (const [key, value] of file.get(section) ?? []) settings.set(key, value);
    }
  }
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('PIP_') && value) settings.set(keyOf(name.slice(4)), value);
  }

  const words = (key: string) => (settings.get(key) ?? '').split(/\s+/).filter(Boolean);
  const noIndex = /^(1|true|yes|on)$/i.test(settings.get('no-index') ?? '');
  return {
    indexes: noIndex ? [] : [settings.get('index-url') ?? publicIndex, ...words('extra-index-url')],
    findLinks: words('find-links'),
    proxy: settings.get('proxy'),
    // pip's HTTP library reads the last two by itself.
    certificates: settings.get('cert') ?? environment.REQUESTS_CA_BUNDLE ?? environment.CURL_CA_BUNDLE,
    trustedHosts: words('trusted-host'),
  };
}

/** Where pip looks for its configuration, what counts least first. */
function configFiles(environment: NodeJS.ProcessEnv): string[] {
  const named = environment.PIP_CONFIG_FILE;
  if (named === os.devNull) return [];
  // A named file stands in for the user's own.
  const isNamed = named !== undefined && fs.existsSync(named);
  return [
    ...systemFiles(environment),
    ...(isNamed ? [] : userFiles(environment)),
    ...(environment.VIRTUAL_ENV ? [path.join(environment.VIRTUAL_ENV, fileName)] : []),
    ...(isNamed ? [named] : []),
  ];
}

const fileName = process.platform === 'win32' ? 'pip.ini' : 'pip.conf';

function systemFiles(environment: NodeJS.ProcessEnv): string[] {
  switch (process.platform) {
    case 'win32':
      return [path.join(environment.ProgramData ?? 'C:\\ProgramData', 'pip', fileName)];
    case 'darwin':
      return [path.join('/Library/Application Support/pip', fileName)];
    default: {
      const folders = (environment.XDG_CONFIG_DIRS || '/etc/xdg').split(':').reverse();
      return [...folders.map((folder) => path.join(folder, 'pip', fileName)), path.join('/etc', fileName)];
    }
  }
}

function userFiles(environment: NodeJS.ProcessEnv): string[] {
  const home = os.homedir();
  if (process.platform === 'win32') {
    const roaming = environment.APPDATA ?? path.join(home, 'AppData', 'Roaming');
    return [path.join(home, 'pip', fileName), path.join(roaming, 'pip', fileName)];
  }
  const config = environment.XDG_CONFIG_HOME || path.join(home, '.config');
  const files = [path.join(home, '.pip', fileName), path.join(config, 'pip', fileName)];
  if (process.platform === 'darwin') {
    files.push(path.join(home, 'Library', 'Application Support', 'pip', fileName));
  }
  return files;
}

/** Sections of an INI file as Python's `configparser` reads it: `key = value`, indented lines go on with a value. */
function parseFile(file: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  if (!fs.existsSync(file)) return sections;
  let section = new Map<string, string>();
  let key: string | undefined;
  for (const line of fs.readFileSync(file, 'utf8').split(/\r?\n/)) {
    const text = line.trim();
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue;
    const heading = /^\[(.+)\]$/.exec(text);
    const pair = /^([^=:]+)[=:](.*)$/.exec(text);
    if (/^\s/.test(line) && key !== undefined) {
      section.set(key, `${section.get(key)}\n${text}`);
    } else if (heading) {
      section = sections.get(heading[1]!) ?? new Map<string, string>();
      sections.set(heading[1]!, section);
      key = undefined;
    } else if (pair) {
      key = keyOf(pair[1]!);
      section.set(key, pair[2]!.trim());
    }
  }
  return sections;
}

/** `INDEX_URL`, `index_url` and `--index-url` are all `index-url`. */
function keyOf(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
}
