import { fetchNative, isMissing, type NativeName, natives } from '../common/natives';

/** Fetches what of these packages is missing, saying so; a process that needs one finds it then. */
export async function provideNatives(
  names: readonly NativeName[],
  options: { readonly onStage?: (stage: string) => void; readonly signal?: AbortSignal } = {},
): Promise<void> {
  for (const name of names.filter(isMissing)) {
    options.onStage?.(`Fetching ${name} (${natives[name].megabytes} MB)`);
    await fetchNative(name, options.signal);
  }
}
