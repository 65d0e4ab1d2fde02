import type { WriteStream } from 'node:tty';

export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

interface BottomLine {
  show(): void;
  hide(): void;
}

/**
 * Where everything goes that `retort` says. Results go to stdout; what is said meanwhile goes to stderr.
 * With `--json` results are JSON, and nothing but errors is said.
 */
export class Output {
  /** What is drawn at the bottom of the terminal; it is out of the way while something is printed. */
  bottomLine: BottomLine | undefined;

  constructor(
    readonly json: boolean,
    private readonly streams: OutputStreams = process,
  ) {}

  /** Whether a line can be redrawn in place, for someone who watches. */
  get isWatched(): boolean {
    return !this.json && isTerminal(this.streams.stderr);
  }

  /** A result: the value for programs, the text for people. */
  result(value: unknown, text: () => string): void {
    this.write('stdout', this.json ? JSON.stringify(value, null, 2) : printable(text()));
  }

  /** One of many results of a command that goes on: a line of JSON, or of text where there is something to say. */
  event(value: unknown, text?: string): void {
    if (this.json) this.write('stdout', JSON.stringify(value));
    else if (text !== undefined) this.write('stdout', printable(text));
  }

  /** Said to people beside the result. */
  note(text: string): void {
    if (!this.json) this.write('stderr', printable(text));
  }

  error(error: { readonly message: string; readonly [key: string]: unknown }): void {
    if (this.json) return this.write('stderr', JSON.stringify({ error }));
    const lines = error.message.split('\n').map((line) => `${this.emphasis('retort:')} ${printable(line)}`);
    this.write('stderr', lines.join('\n'));
  }

  private write(stream: keyof OutputStreams, text: string): void {
    this.bottomLine?.hide();
    this.streams[stream].write(`${text}\n`);
    this.bottomLine?.show();
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
