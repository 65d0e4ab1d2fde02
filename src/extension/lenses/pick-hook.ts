import * as vscode from 'vscode';
import type { LayerSummary } from '../../protocol/inspector';
import type { CatalogueMethod, HookKind } from '../../recipe/catalogue';
import { formatCount, formatShape } from './figures';

interface MethodItem extends vscode.QuickPickItem {
  readonly method: CatalogueMethod;
}

/** Lets the user pick a method: each with what it does in one line and its paper, which a button opens. */
export async function pickMethod(
  methods: readonly CatalogueMethod[],
  layer: string,
): Promise<CatalogueMethod | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<MethodItem>();
  pick.title = t('Hook {0}: method', layer);
  pick.placeholder = t('What should the layer learn from the teacher?');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = methods.map((method) => ({
    method,
    label: method.name,
    description: method.reference.paper,
    detail: `${method.summary} ${t('Weight {0}.', method.publishedWeight)}`,
    buttons:
      method.reference.url === undefined
        ? []
        : [{ iconPath: new vscode.ThemeIcon('link-external'), tooltip: t('Open the paper') }],
  }));
  pick.onDidTriggerItemButton(({ item }) => {
    void vscode.env.openExternal(vscode.Uri.parse(item.method.reference.url!));
  });
  const picked = new Promise<CatalogueMethod | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]?.method));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  try {
    return await picked;
  } finally {
    pick.dispose();
  }
}

/** Lets the user pick a layer; `ranked` has the best first, and says so. */
export async function pickLayer(
  layers: readonly LayerSummary[],
  options: { readonly title: string; readonly placeHolder: string; readonly ranked: boolean },
): Promise<LayerSummary | undefined> {
  const { t } = vscode.l10n;
  const separator = (label: string): vscode.QuickPickItem & { layer?: LayerSummary } => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  const items = layers.map((layer) => ({
    layer,
    label: layer.id,
    description: [
      layer.className,
      formatShape(layer.outputShape),
      ...(layer.parameters > 0 ? [formatCount(layer.parameters)] : []),
    ].join(' · '),
  }));
  const [best, ...others] = items;
  const shown: (vscode.QuickPickItem & { layer?: LayerSummary })[] =
    options.ranked && best !== undefined
      ? [separator(t('best match')), best, separator(t('then, by resolution and depth')), ...others]
      : items;
  const picked = await vscode.window.showQuickPick(shown, {
    title: options.title,
    placeHolder: options.placeHolder,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked?.layer;
}

/** What methods can hook the output of a layer; undefined: none. */
export function hookKindOf({ outputShape }: LayerSummary): HookKind | undefined {
  if (outputShape.length === 3) return 'maps';
  return outputShape.length === 1 ? 'vectors' : undefined;
}
