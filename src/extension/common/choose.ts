import * as vscode from 'vscode';
import { BACK, CANCEL, type StepPlace } from './steps';

/** An item of a choice and what it stands for; without a value it is a heading. */
export interface Choice<Value> extends vscode.QuickPickItem {
  readonly value?: Value;
  /** A page about it, opened by a button that says what it is. */
  readonly link?: { readonly url: string; readonly title: string };
}

export interface Question<Value> {
  readonly title: string;
  readonly placeholder: string;
  readonly place: StepPlace;
  /** Shown at once where they are known, else as soon as they are; the signal is aborted when the user goes. */
  readonly choices: (signal: AbortSignal) => readonly Choice<Value>[] | Promise<readonly Choice<Value>[]>;
  /** Said while the choices are looked for. */
  readonly busy?: string;
  /** Why some cannot be chosen together; undefined: they can. */
  readonly problemWith?: (chosen: readonly Value[]) => string | undefined;
}

/** Lets the user choose one; the first is at hand. */
export async function chooseOne<Value>(
  question: Question<Value>,
): Promise<Value | typeof BACK | typeof CANCEL> {
  const chosen = await ask(question, false);
  return typeof chosen === 'symbol' ? chosen : chosen[0]!;
}

/** Lets the user choose some, at least one; those that are `picked` are chosen from the start. */
export function chooseSome<Value>(
  question: Question<Value>,
): Promise<readonly Value[] | typeof BACK | typeof CANCEL> {
  return ask(question, true);
}

export function heading(label: string): { label: string; kind: vscode.QuickPickItemKind } {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function withLink<Value>(choice: Choice<Value>): Choice<Value> {
  if (choice.link === undefined) return choice;
  const button = { iconPath: new vscode.ThemeIcon('link-external'), tooltip: choice.link.title };
  return { ...choice, buttons: [button] };
}

async function ask<Value>(
  { title, placeholder, place, choices, busy, problemWith }: Question<Value>,
  canPickMany: boolean,
): Promise<readonly Value[] | typeof BACK | typeof CANCEL> {
  const pick = vscode.window.createQuickPick<Choice<Value>>();
  const controller = new AbortController();
  pick.title = title;
  pick.step = place.step;
  pick.totalSteps = place.steps;
  pick.canSelectMany = canPickMany;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.buttons = place.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  try {
    return await new Promise((resolve, reject) => {
      pick.onDidHide(() => resolve(CANCEL));
      pick.onDidTriggerButton(() => resolve(BACK));
      pick.onDidTriggerItemButton(({ item }) => {
        if (item.link !== undefined) void vscode.env.openExternal(vscode.Uri.parse(item.link.url));
      });
      pick.onDidAccept(() => {
        const values = pick.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value]));
        const problem = values.length === 0 ? vscode.l10n.t('Choose at least one') : problemWith?.(values);
        if (problem === undefined) resolve(values);
        else if (canPickMany && !pick.busy) pick.placeholder = problem;
      });
      const show = (items: readonly Choice<Value>[]): void => {
        pick.items = items.map(withLink);
        if (canPickMany) pick.selectedItems = pick.items.filter(({ picked }) => picked === true);
        pick.placeholder = placeholder;
        pick.busy = false;
        pick.enabled = true;
      };
      const found = choices(controller.signal);
      if (found instanceof Promise) {
        pick.busy = true;
        pick.placeholder = busy ?? placeholder;
        found.then(show, reject);
      } else {
        show(found);
      }
      pick.show();
    });
  } finally {
    controller.abort();
    pick.dispose();
  }
}
