import type { PageMessage, Subject } from '../src/protocol/panel';

export interface VsCode {
  postMessage(message: PageMessage): void;
  setState(state: Subject): void;
}

declare function acquireVsCodeApi(): VsCode;

/** The one way out of the page. */
export const host: VsCode = acquireVsCodeApi();
