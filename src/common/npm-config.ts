import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What of npm's configuration matters for fetching a package. */
export interface NpmConfig {
  /** With a slash at the end. */
  readonly registry: string;
  readonly proxy: string | undefined;
  readonly certificates: string | undefined;
  /** The registry's token, for addresses below it only. */
  readonly headersFor: (address: string) => Record<string, string>;
}

/**
 * The user's npm configuration, for where npm itself is missing: the global and the user's `.npmrc`, then
 * `npm_config_*` variables (https://docs.npmjs.com/cli/configuring-npm/npmrc). A project's own is left out:
 * a workspace does not decide what this machine installs.
 */
export function readNpmConfig(environment: NodeJS.ProcessEnv = process.env): NpmConfig {
  const settings = new Map<string, string>();
  const userFile = environment.npm_config_userconfig ?? path.join(os.homedir(), '.npmrc');
  const prefix = path.join(path.dirname(process.execPath), process.platform === 'win32' ? '' : '..');
  for (const file of [path.join(prefix, 'etc', 'npmrc'), userFile]) {
    if (!fs.existsSync(file)) continue;
    for (const line of fs.readFileSync(file, 'utf8').split(/\r?\n/)) {
      const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key === undefined || value === undefined) continue;
      const plain = value.replace(/^(["'])(.*)\1$/, '$2');
      settings.set(
        key,
        plain.replace(/\$\{(\w+)\}/g, (whole, name: string) => environment[name] ?? whole),
      );
    }
  }
  for (const [name, value] of Object.entries(environment)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    if (key && value) settings.set(key.toLowerCase().replaceAll('_', '-'), value);
  }
  const registry = `${(settings.get('registry') ?? 'https://registry.npmjs.org').replace(/\/+$/, '')}/`;
  return {
    registry,
    proxy: settings.get('https-proxy') ?? settings.get('proxy'),
    certificates: settings.get('cafile'),
    headersFor(address): Record<string, string> {
      const scope = registry.replace(/^https?:/, '');
      const token = settings.get(`${scope}:_authToken`);
      return token && address.replace(/^https?:/, '').startsWith(scope)
        ? { authorization: `Bearer ${token}` }
        : {};
    },
  };
}
