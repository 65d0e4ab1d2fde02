import * as fs from 'node:fs';
import * as tls from 'node:tls';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { getProxyForUrl } from 'proxy-from-env';
import { Agent, type Dispatcher, fetch, ProxyAgent, type Response } from 'undici';
import { errorCode, InputError, messageOf } from './errors';

export interface HttpSettings {
  /** Proxy for every host; without it the environment's `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` count. */
  readonly proxy?: string | undefined;
  /** A file of certificates (PEM) to trust in place of Node's own. */
  readonly certificates?: string | undefined;
  /** Hosts whose certificate is not checked: `example.org` or `example.org:8443`. */
  readonly trustedHosts?: readonly string[];
}

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Fetches from package indexes as the user's own client is set to. All throw `InputError` with host and reason. */
export class HttpClient {
  private readonly dispatchers = new Map<string, Dispatcher>();

  constructor(private readonly settings: HttpSettings = {}) {}

  /** The body as text, with its type and the address it came from in the end; undefined where there is no such page. */
  async text(
    url: string,
    request: HttpRequest = {},
  ): Promise<{ body: string; type: string; url: string } | undefined> {
    return this.insist(url, request, async () => {
      const response = await this.get(url, request);
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel();
        return undefined;
      }
      requireSuccess(response);
      return {
        body: await response.text(),
        type: response.headers.get('content-type') ?? '',
        url: response.url,
      };
    });
  }

  /** Writes the body to a file; a broken transfer goes on where it ended, where the server can do that. */
  async download(
    url: string,
    file: string,
    onBytes: (count: number) => void,
    request: HttpRequest = {},
  ): Promise<void> {
    let written = 0;
    await this.insist(url, request, async () => {
      // What came before the transfer broke off need not have reached the disk.
      const kept = written > 0 ? fs.statSync(file).size : 0;
      onBytes(kept - written);
      written = kept;
      const headers: Record<string, string> = written > 0 ? { range: `bytes=${written}-` } : {};
      const response = await this.get(url, { ...request, headers: { ...request.headers, ...headers } });
      requireSuccess(response);
      const goesOn = response.status === 206;
      if (!goesOn) {
        onBytes(-written);
        written = 0;
      }
      const body = Readable.fromWeb(response.body!);
      body.on('data', (chunk: Uint8Array) => {
        written += chunk.length;
        onBytes(chunk.length);
      });
      await pipeline(body, fs.createWriteStream(file, { flags: goesOn ? 'a' : 'w' }), {
        signal: request.signal,
      });
    });
  }

  /** To be called at the end: open connections would keep the process alive. */
  async close(): Promise<void> {
    await Promise.all([...this.dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  private get(url: string, { headers = {}, signal }: HttpRequest): Promise<Response> {
    return fetch(url, { headers, dispatcher: this.dispatcherFor(url), signal: signal ?? null });
  }

  private dispatcherFor(url: string): Dispatcher {
    const { host, hostname } = new URL(url);
    const { trustedHosts = [], certificates } = this.settings;
    const isTrusted = trustedHosts.includes(host) || trustedHosts.includes(hostname);
    const proxy = this.settings.proxy ?? getProxyForUrl(url);
    const key = `${proxy} ${isTrusted}`;
    const known = this.dispatchers.get(key);
    if (known) return known;
    const security = {
      rejectUnauthorized: !isTrusted,
      ...trustedCertificates(certificates),
    };
    const timeouts = { headersTimeout: 60_000, bodyTimeout: 60_000 };
    const dispatcher = proxy
      ? new ProxyAgent({ uri: proxy, requestTls: security, proxyTls: security, ...timeouts })
      : new Agent({ connect: security, ...timeouts });
    this.dispatchers.set(key, dispatcher);
    return dispatcher;
  }

  /** Tries again, twice, what the network or the server failed at; says clearly what stays wrong. */
  private async insist<Result>(
    url: string,
    { signal }: HttpRequest,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        signal?.throwIfAborted();
        if (isFileError(error) || error instanceof InputError) throw error;
        if (failures === 2 || !mayPass(error)) {
          throw new InputError(`${new URL(url).host} cannot be reached or refuses: ${reasonOf(error)}`);
        }
        await pause(1000 * 2 ** failures, undefined, { signal });
      }
    }
  }
}

/** The given file's; else Node's own and, where Node can read them (from 22.15 on), the system's. */
function trustedCertificates(file: string | undefined): { ca?: string[] } {
  if (file) {
    try {
      return { ca: [fs.readFileSync(file, 'utf8')] };
    } catch (error) {
      throw new InputError(`The certificates to trust cannot be read: ${messageOf(error)}`);
    }
  }
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default' | 'system') => string[] };
  return getCACertificates ? { ca: [...getCACertificates('default'), ...getCACertificates('system')] } : {};
}

class HttpError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`it answers ${status} ${text}`);
  }
}

function requireSuccess(response: Response): void {
  if (!response.ok) throw new HttpError(response.status, response.statusText);
}

/** The disk's fault, not the network's. */
function isFileError(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'open' || error.syscall === 'write')
  );
}

const passingFaults = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_.*(SOCKET|TIMEOUT))$/;

/** Whether the next try may go better. */
function mayPass(error: unknown): boolean {
  if (error instanceof HttpError) return error.status >= 500;
  return passingFaults.test(errorCode(causeOf(error)) ?? '');
}

/** `fetch failed` and `terminated` hide the reason in their cause. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return messageOf(cause) || (errorCode(cause) ?? 'unknown reason');
}
