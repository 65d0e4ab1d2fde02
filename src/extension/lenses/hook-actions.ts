import * as vscode from 'vscode';
import type { LensSources } from './lens-provider';
import { usesOf } from './lens-plan';
import { referenceOf } from './model-reference';

const KIND = vscode.CodeActionKind.Refactor.append('hook');

/** `Hook this layer…` on the calls that make layers and have no lens of their own. */
export class HookActionProvider implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [KIND] };

  constructor(private readonly known: Pick<LensSources, 'sources' | 'hooks'>) {}

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    if (!vscode.workspace.isTrusted) return [];
    const { builders, layers } = await this.known.sources.read(document);
    if (builders.length === 0) return [];
    const cursor = document.offsetAt(range.start);
    // The innermost: layers are listed within lists and calls of others.
    const call = layers.findLast(({ from, to }) => from <= cursor && cursor <= to);
    if (!call) return [];
    const recipe = await this.known.hooks.of(document.uri);
    const [use] = usesOf(call, { recipe, referenceOf: (builder) => referenceOf(document.uri, builder) });
    if (use && call.name !== undefined) return [];
    const builder = use?.builder ?? call.builders[0];
    const action = new vscode.CodeAction(vscode.l10n.t('Hook this layer…'), KIND);
    const line = document.positionAt(call.from).line;
    action.command =
      call.name === undefined
        ? { title: action.title, command: 'retort.hookLayerAt', arguments: [document.uri, line, builder] }
        : { title: action.title, command: 'retort.hookLayer', arguments: [document.uri, call.name, builder] };
    return [action];
  }
}
