// Copies the sample project to where F5 opens it, so that its runs do not fill this repository.
import { cpSync, mkdirSync } from 'node:fs';

cpSync('examples/sample', 'sample', { recursive: true });
// Runs are kept in the nearest folder that has one of these.
mkdirSync('sample/.retort', { recursive: true });
