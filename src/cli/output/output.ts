import type { WriteStream } from 'node:tty';

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Where everything goes that `retort` says. Results go to stdout; what is said meanwhile goes to stderr.
 * With `--json` results are JSON, and nothing but errors is said.
 */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly streams: OutputStreams = process,
  ) {}

  /** Whether a line can be redrawn in place for someone who watches. */
  get live(): boolean {
    return !this.json && isTerminal(this.streams.stderr);
  }

  /** A result: the value for programs, the text for people. */
  result(value: unknown, text: () => string): void {
    if (this.json) this.streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    else this.line(text());
  }

  /** One of many results of a command that goes on: a line of JSON, or of text where there is something to say. */
  event(value: unknown, text?: string): void {
    if (this.json) this.streams.stdout.write(`${JSON.stringify(value)}\n`);
    else if (text !== undefined) this.line(text);
  }

  /** Said to people beside the result. */
  note(text: string): void {
    if (!this.json) this.streams.stderr.write(`${printable(text)}\n`);
  }

  error(error: { readonly message: string; readonly [key: string]: unknown }): void {
    if (this.json) {
      this.streams.stderr.write(`${JSON.stringify({ error })}\n`);
      return;
    }
    for (const line of error.message.split('\n')) {
      this.streams.stderr.write(`${this.emphasis('retort:')} ${printable(line)}\n`);
    }
  }

  private line(text: string): void {
    this.streams.stdout.write(`${printable(text)}\n`);
  }

  /** Red, where the terminal has colours and the user wants them (`NO_COLOR`). */
  private emphasis(text: string): string {
    return hasColors(this.streams.stderr) ? `\u001B[31m${text}\u001B[39m` : text;
  }
}

/**
 * Text without the control characters that drive a terminal: names and messages may come from a run folder or a
 * recipe that a stranger wrote.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '');
}

function isTerminal(stream: NodeJS.WritableStream): boolean {
  return (stream as Partial<WriteStream>).isTTY === true && process.env.TERM !== 'dumb';
}

function hasColors(stream: NodeJS.WritableStream): boolean {
  return isTerminal(stream) && (stream as WriteStream).hasColors();
}
