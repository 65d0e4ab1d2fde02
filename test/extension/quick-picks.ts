import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './until';

const press = (command: string): Thenable<unknown> => vscode.commands.executeCommand(command);

/** The quick picks of the extension, seen by what they are given; the user's keys are VS Code's own commands. */
export class QuickPicks {
  private readonly create = vscode.window.createQuickPick;
  private readonly showError = vscode.window.showErrorMessage;
  private shown: vscode.QuickPick<vscode.QuickPickItem> | undefined;
  private error: string | undefined;

  constructor() {
    const tell = (message: string): Thenable<undefined> => {
      this.error = message;
      return Promise.resolve(undefined);
    };
    Object.defineProperty(vscode.window, 'showErrorMessage', { value: tell, configurable: true });
    const make = (): vscode.QuickPick<vscode.QuickPickItem> => {
      const pick = this.create.call(vscode.window);
      pick.onDidHide(() => {
        if (this.shown === pick) this.shown = undefined;
      });
      return (this.shown = pick);
    };
    Object.defineProperty(vscode.window, 'createQuickPick', { value: make, configurable: true });
  }

  /** The pick whose title ends so, when its items are there. */
  on(title: string): Promise<vscode.QuickPick<vscode.QuickPickItem>> {
    return until(`the choice of ${title}`, () => {
      assert.equal(this.error, undefined);
      const pick = this.shown;
      return (
        pick !== undefined &&
        pick.title?.endsWith(title) === true &&
        !pick.busy &&
        pick.items.length > 0 &&
        pick
      );
    });
  }

  /** Types into the filter, and accepts what is left on top. */
  async choose(title: string, typed: string): Promise<void> {
    const pick = await this.on(title);
    pick.value = typed;
    await until(`${typed} to be on top`, () => pick.activeItems[0]?.label === typed);
    await press('workbench.action.acceptSelectedQuickOpenItem');
    await until(
      `the next step after ${title}`,
      () => this.shown !== pick || pick.title?.endsWith(title) !== true,
    );
  }

  /** Checks an item of a choice of many, besides those that are checked, or takes its check away. */
  async check(title: string, label: string, checked = true): Promise<void> {
    const pick = await this.on(title);
    pick.activeItems = pick.items.filter((item) => item.label === label);
    // VS Code sends that with the next timer, and a press that overtook it would be about another item.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const isAsked = (): boolean => pick.selectedItems.some((item) => item.label === label) === checked;
    await until(`${label} to be ${checked ? 'checked' : 'not checked'}`, async () => {
      if (isAsked()) return true;
      if (pick.activeItems[0]?.label !== label) return false;
      await press('workbench.action.quickPickManyToggle');
      // It is told some time after the press, and a second press would take the first one back.
      return until('an answer', isAsked, 5).catch(() => false);
    });
  }

  async accept(title: string): Promise<void> {
    const pick = await this.on(title);
    // The workbench has them when it has made one active.
    if (!pick.canSelectMany) await until('an active item', () => pick.activeItems.length > 0);
    // A choice of many tells nothing of when the workbench has it: a press that came too early is made again.
    await until(`the next step after ${title}`, async () => {
      await press('workbench.action.acceptSelectedQuickOpenItem');
      return until('an answer', () => this.shown !== pick, 3).catch(() => false);
    });
  }

  async back(title: string): Promise<void> {
    const pick = await this.on(title);
    await press('workbench.action.quickInputBack');
    await until(`the step before ${title}`, () => this.shown !== pick);
  }

  async cancel(title: string): Promise<void> {
    await this.on(title);
    await press('workbench.action.closeQuickOpen');
    await until('the end', () => this.shown === undefined);
  }

  restore(): void {
    Object.defineProperty(vscode.window, 'showErrorMessage', { value: this.showError, configurable: true });
    Object.defineProperty(vscode.window, 'createQuickPick', { value: this.create, configurable: true });
  }
}
