import * as vscode from 'vscode';

/** An exported function of the workspace that builds a model. */
export interface WorkspaceModel {
  readonly uri: vscode.Uri;
  readonly name: string;
}

const SOURCES = '**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}';
const ELSEWHERE = '**/{node_modules,dist,build,out,.retort,.git}/**';
const MOST_FILES = 2000;
const LARGEST_BYTES = 1 << 20;

/** Finds the models of the workspace by reading its sources; nothing is run. */
export async function findWorkspaceModels(token?: vscode.CancellationToken): Promise<WorkspaceModel[]> {
  const files = await vscode.workspace.findFiles(SOURCES, ELSEWHERE, MOST_FILES, token);
  const models: WorkspaceModel[] = [];
  // One after the other, so that the extension host stays free in between.
  for (const uri of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (token?.isCancellationRequested) break;
    models.push(...(await modelsIn(uri)).map((name) => ({ uri, name })));
  }
  return models;
}

async function modelsIn(uri: vscode.Uri): Promise<readonly string[]> {
  // A file that has just gone, or may not be read, has no model to offer.
  const text = await textOf(uri).catch(() => '');
  // Most sources build no model, and need no parser to say so.
  if (!text.includes('tensorflow')) return [];
  const { findBuilders } = await import('./find-builders.js');
  const languageId = uri.path.endsWith('.tsx')
    ? 'typescriptreact'
    : /ts$/.test(uri.path)
      ? 'typescript'
      : 'javascript';
  return findBuilders(text, languageId);
}

/** As it is in the editor, else on disk; nothing for what is too long to be a model file. */
async function textOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  const { size } = await vscode.workspace.fs.stat(uri);
  return size > LARGEST_BYTES ? '' : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
