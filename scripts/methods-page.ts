// Writes docs/methods.md from the methods' own files and the fixtures that they are checked against.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { methodsPage } from '../test/methods-page';

writeFileSync(path.join(__dirname, '..', 'docs', 'methods.md'), methodsPage());
