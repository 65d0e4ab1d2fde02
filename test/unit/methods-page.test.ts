import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { methodsPage } from '../methods-page';

describe('docs/methods.md', () => {
  it('says what the methods say (mend with: npm run methods-page)', () => {
    assert.equal(readFileSync(path.join(__dirname, '../../docs/methods.md'), 'utf8'), methodsPage());
  });
});
