let known: { readonly version: string | undefined } | undefined;

/**
 * Of Linux's C library; undefined where it is another than glibc. The system is asked once: that waits for all threads
 * of the process, for good where a debugger holds one.
 */
export function glibcVersion(): string | undefined {
  known ??= { version: askVersion() };
  return known.version;
}

function askVersion(): string | undefined {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}
