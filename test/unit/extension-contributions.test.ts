import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { capabilities as allowed } from '../../src/extension/common/contributions';
import { features } from '../../src/extension/contributions';
import { manifestOf } from '../../src/extension/common/write-manifest';

const root = path.join(__dirname, '..', '..');

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(path.join(root, name), 'utf8'));
}

describe('the manifest', () => {
  it('holds what the features contribute (mend with: npm run contributions)', () => {
    const { contributes, capabilities, texts } = manifestOf(features, allowed);
    const manifest = readJson('package.json') as Record<string, unknown>;
    assert.deepEqual(manifest.contributes, JSON.parse(JSON.stringify(contributes)));
    assert.deepEqual(manifest.capabilities, capabilities);
    assert.deepEqual(readJson('package.nls.json'), texts);
  });

  it('keeps what runs code of the workspace, or signals what does, out of untrusted ones', () => {
    const { contributes } = readJson('package.json') as {
      contributes: { commands: { command: string; enablement?: string }[] };
    };
    const trusted = contributes.commands.filter(({ enablement }) =>
      enablement?.includes('isWorkspaceTrusted'),
    );
    assert.deepEqual(trusted.map(({ command }) => command.replace('retort.', '')).sort(), [
      'checkRecipe',
      'checkpointRun',
      'debugRun',
      'distill',
      'exportStudent',
      'hookLayer',
      'hookLayerAt',
      'inspect',
      'inspectWith',
      'resumeRun',
      'runRecipe',
      'runRecipeWithSeeds',
      'stopRun',
      'stopRunAfterEpoch',
      'train',
      'trainBaseline',
      'trainTeacher',
    ]);
  });

  it('refuses two commands of one name', () => {
    const twice = { commands: [{ command: 'retort.open', title: 'Open' }] } as const;
    assert.throws(() => manifestOf([twice, twice]), /retort\.open/);
  });
});
