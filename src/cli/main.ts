#!/usr/bin/env node
import { Output } from './output/output';
import { runProgram } from './program';
import { reportError } from './report-error';

const arguments_ = process.argv.slice(2);

// A reader that has seen enough (`retort list | head`) closes the pipe: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.exit(reportError(error, new Output(arguments_.includes('--json')), false));
});
// Where what is said beside the result goes nowhere, the work goes on.
process.stderr.on('error', () => undefined);

void runProgram(arguments_);
