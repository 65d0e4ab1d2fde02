#!/usr/bin/env node
import { runProgram } from './program';

// A reader that has seen enough (`retort list | head`) closes the pipe: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runProgram(process.argv.slice(2));
