import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { CommanderError } from 'commander';
import { Ended } from '../../src/cli/ended';
import { ExitCode } from '../../src/cli/exit-codes';
import { Output, printable } from '../../src/cli/output/output';
import { RunDisplay } from '../../src/cli/output/run-display';
import { reportError } from '../../src/cli/report-error';
import { InputError } from '../../src/common/errors';
import { RecipeError } from '../../src/recipe/problem';
import type { MetricLine, RunInfo } from '../../src/runs/types';

/** An output whose streams are no terminal, and what was written to them. */
function capture(json: boolean) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const read = (stream: PassThrough): string => (stream.read() as string | null) ?? '';
  return {
    output: new Output(json, { stdout, stderr }),
    stdout: () => read(stdout),
    stderr: () => read(stderr),
  };
}

describe('output', () => {
  it('gives people text on stdout and notes on stderr', () => {
    const { output, stdout, stderr } = capture(false);
    output.result({ a: 1 }, () => 'a is 1');
    output.note('by the way');
    assert.equal(stdout(), 'a is 1\n');
    assert.equal(stderr(), 'by the way\n');
  });

  it('gives programs JSON and nothing else', () => {
    const { output, stdout, stderr } = capture(true);
    output.result({ a: 1 }, () => 'a is 1');
    output.note('by the way');
    assert.deepEqual(JSON.parse(stdout()), { a: 1 });
    assert.equal(stderr(), '');
  });

  it('writes events as lines of JSON', () => {
    const { output, stdout } = capture(true);
    output.event({ event: 'start' }, 'started');
    output.event({ event: 'metric' });
    assert.deepEqual(
      stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [{ event: 'start' }, { event: 'metric' }],
    );
  });

  it('keeps control characters from the terminal', () => {
    assert.equal(printable('a\u001b[2Jb\u0007c\u202ed\ne'), 'a[2Jbcd\ne');
  });
});

describe('errors on the command line', () => {
  const report = (error: unknown, { json = false, verbose = false } = {}) => {
    const { output, stderr } = capture(json);
    const code = reportError(error, output, verbose);
    return { code, text: stderr() };
  };

  it('says what the user can mend in one line, exit code 2', () => {
    assert.deepEqual(report(new InputError('There is no run "x"')), {
      code: ExitCode.input,
      text: 'retort: There is no run "x"\n',
    });
  });

  it('gives usage errors with their suggestion in one line, exit code 2', () => {
    const error = new CommanderError(
      1,
      'commander.unknownOption',
      "error: unknown option '--sed'\n(Did you mean --set?)",
    );
    assert.deepEqual(report(error), {
      code: ExitCode.input,
      text: "retort: unknown option '--sed' (Did you mean --set?)\n",
    });
  });

  it('places every problem of a recipe, for programs too', () => {
    const problem = (path: string, line: number) => ({
      path,
      message: 'is wrong',
      file: 'a.distill.json',
      line,
      column: 3,
    });
    const error = new RecipeError([problem('data', 2), problem('train', 4)]);
    assert.equal(
      report(error).text,
      'retort: data: is wrong (a.distill.json, line 2)\nretort: train: is wrong (a.distill.json, line 4)\n',
    );
    const { error: written } = JSON.parse(report(error, { json: true }).text) as {
      error: { exitCode: number; problems: unknown };
    };
    assert.equal(written.exitCode, 2);
    assert.deepEqual(written.problems, error.problems);
  });

  it('ends with the code that the end has', () => {
    assert.equal(report(new Ended('was stopped', ExitCode.stopped)).code, 3);
    assert.equal(report(new Ended('was ended at once', ExitCode.interrupted)).code, 130);
  });

  it('shows where an internal error is from only when asked', () => {
    const error = new Error('cannot read x\nof undefined');
    assert.deepEqual(report(error), {
      code: ExitCode.failed,
      text: 'retort: internal error: cannot read x (--verbose shows where)\n',
    });
    assert.match(report(error, { verbose: true }).text, /cli-output\.test\.ts/);
  });
});

describe('a run that is shown without a terminal', () => {
  const info: RunInfo = {
    version: 1,
    id: '20261122-101500-k3f9',
    state: 'running',
    attempt: 1,
    createdAt: '2026-11-22T10:15:00Z',
  };
  const place = (attempt: number, step: number) => ({
    attempt,
    seq: step,
    step,
    epoch: step / 10,
    time: step * 1000,
  });
  const train = (attempt: number, step: number, loss: number | null): MetricLine => ({
    kind: 'train',
    ...place(attempt, step),
    loss,
    terms: { task: loss },
    accuracy: 0.5,
    lr: 0.1,
    imagesPerSecond: 100,
    dataWait: 0,
  });
  const validation = (attempt: number, step: number, accuracy: number): MetricLine => ({
    kind: 'validation',
    ...place(attempt, step),
    loss: 1,
    accuracy,
  });

  it('writes a line an epoch, with the mean loss, the best so far and the gap', () => {
    const { output, stdout, stderr } = capture(false);
    const shown = { id: info.id, epochs: 2, baseline: 0.8, before: { ...info, attempt: 0 } };
    const display = new RunDisplay(output, shown, () => 0);
    display.metric({ kind: 'teacher', ...place(1, 0), loss: 0.2, accuracy: 0.9 });
    display.metric(train(1, 5, 0.6));
    display.metric(train(1, 10, 0.4));
    display.metric(validation(1, 10, 0.85));
    display.metric(train(1, 20, 0.3));
    display.metric(validation(1, 20, 0.84));
    display.close();
    assert.equal(
      stdout(),
      [
        'teacher   validation 90.0 %',
        'epoch 1/2   loss 0.500   validation 85.0 %   best 85.0 % (1)   gap recovered 50 %',
        'epoch 2/2   loss 0.300   validation 84.0 %   best 85.0 % (1)   gap recovered 40 %',
        '',
      ].join('\n'),
    );
    assert.equal(stderr(), '');
  });

  it('says how far it is every 30 seconds', () => {
    const { output, stderr } = capture(false);
    let now = 0;
    const display = new RunDisplay(
      output,
      { id: info.id, epochs: 10, before: { ...info, attempt: 0 } },
      () => now,
    );
    display.metric(train(1, 10, 0.6));
    now = 29_000;
    display.metric(train(1, 20, 0.5));
    assert.equal(stderr(), '');
    now = 30_000;
    display.metric(train(1, 30, 0.4));
    assert.equal(stderr(), 'epoch  4/10 30 %   loss 0.400   100 img/s   1 m 10 s left\n');
  });

  it('does not repeat what earlier attempts have shown, but knows their best', () => {
    const { output, stdout } = capture(false);
    const score = { accuracy: 0.9, loss: 1, samples: 10 };
    const before = { ...info, best: { step: 10, epoch: 1, validation: score } };
    const display = new RunDisplay(output, { id: info.id, epochs: 3, before }, () => 0);
    display.metric(train(1, 10, 0.6));
    display.metric(validation(1, 10, 0.9));
    display.metric(train(2, 20, 0.2));
    display.metric(validation(2, 20, 0.8));
    assert.equal(stdout(), 'epoch 2/3   loss 0.200   validation 80.0 %   best 90.0 % (1)\n');
  });

  it('says each warning once', () => {
    const { output, stderr } = capture(false);
    const display = new RunDisplay(output, { id: info.id, epochs: 3, before: info }, () => 0);
    display.info({ ...info, warnings: ['the teacher is no better than chance'] });
    display.info({ ...info, warnings: ['the teacher is no better than chance', 'and slow'] });
    assert.equal(stderr(), 'warning: the teacher is no better than chance\nwarning: and slow\n');
  });

  it('gives programs every line as it was written', () => {
    const { output, stdout } = capture(true);
    const display = new RunDisplay(
      output,
      { id: info.id, epochs: 3, before: { ...info, attempt: 0 } },
      () => 0,
    );
    display.metric(train(1, 10, null));
    assert.deepEqual(JSON.parse(stdout()), { event: 'metric', run: info.id, ...train(1, 10, null) });
  });
});
