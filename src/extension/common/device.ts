import * as vscode from 'vscode';
import type { BackendId } from '../../backends';
import { readSetting } from './settings';

/** What does the arithmetic on this machine. */
export interface Device {
  readonly backend: BackendId;
  /** `TensorFlow 2.21 on CPU (2 cores)` */
  readonly text: string;
}

const changed = new vscode.EventEmitter<void>();
/** A backend was installed or removed, or another one chosen. */
export const onDeviceChanged = changed.event;

let known: { readonly choice: string; readonly device: Promise<Device> } | undefined;

/** What a run would compute on, from what is installed: cheap, and kept until that changes. */
export function describeDevice(): Promise<Device> {
  const choice = readSetting('retort.backend');
  if (known?.choice !== choice) known = { choice, device: find(choice) };
  return known.device;
}

/** To be called after a backend was installed or removed. */
export function forgetDevice(): void {
  known = undefined;
  changed.fire();
}

async function find(setting: string): Promise<Device> {
  const { backendChoice, expectedDevice } = await import('../../backends/index.js');
  const { backend, title, device } = await expectedDevice(backendChoice(setting));
  return { backend, text: device === undefined ? title : vscode.l10n.t('{0} on {1}', title, device) };
}
