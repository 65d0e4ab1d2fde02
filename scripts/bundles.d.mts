import type { BuildOptions, BuildResult } from 'esbuild';

export const root: string;
export const carried: BuildOptions;
export function buildPrograms(options: BuildOptions): Promise<BuildResult>;
export function buildCatalogueWriter(options: BuildOptions): Promise<BuildResult>;
export function buildExtension(options: BuildOptions): Promise<BuildResult>;
export function buildPage(options: BuildOptions & { outdir: string }): Promise<BuildResult>;
export function buildTensorflow(specifiers: readonly string[], options: BuildOptions): Promise<BuildResult>;
export function copyParts(dist: string): void;
