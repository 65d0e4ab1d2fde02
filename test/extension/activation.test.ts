import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Services } from '../../src/extension/services';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
  };
}

describe('the extension', () => {
  const extension = vscode.extensions.getExtension<Services>('retort.retort')!;

  it('activates, giving its services', async () => {
    const wasActive = extension.isActive;
    const before = performance.now();
    const services = await extension.activate();
    const took = Math.round(performance.now() - before);
    console.log(`      ${wasActive ? 'it was active already' : `activated in ${took} ms`}`);
    await services.runs.ready;
    assert.equal(services.runs.all().length, 6);
  });

  it('registers every command that it contributes, and no other', async () => {
    await extension.activate();
    const { contributes } = extension.packageJSON as Manifest;
    const contributed = contributes.commands.map(({ command }) => command).sort();
    const registered = await vscode.commands.getCommands(true);
    // VS Code itself makes commands for views: `retort.runs.focus`, `retort.runs.open` and so on.
    const ours = registered.filter((command) => /^retort\.\w+$/.test(command)).sort();
    assert.deepEqual(ours, contributed);
  });
});
