import * as vscode from 'vscode';
import type { Settings } from '../contributions';

type Widened<T> = T extends boolean ? boolean : T extends number ? number : T extends string ? string : T;

/** A setting of Retort; its contributed default where the user has not set it. */
export function readSetting<Name extends keyof Settings>(
  name: Name,
  scope?: vscode.ConfigurationScope,
): Widened<Settings[Name]['default']> {
  return vscode.workspace.getConfiguration(undefined, scope).get(name)!;
}

/** Calls back when a setting has changed. */
export function onSettingChanged(name: keyof Settings, callback: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(name)) callback();
  });
}
