import type { PanelReader } from './panel-reader';

type Methods = Pick<
  PanelReader,
  'follow' | 'forget' | 'leave' | 'zoom' | 'curves' | 'predictions' | 'writeCsv'
>;
export type Method = keyof Methods;
export type Arguments<Name extends Method> = Parameters<Methods[Name]>;
export type Result<Name extends Method> = Awaited<ReturnType<Methods[Name]>>;

/** A call of a method of the thread's reader, and what it gave. */
export interface Question {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & (
  { readonly value: unknown } | { readonly error: { readonly message: string; readonly isInput: boolean } }
);
