export { backendChoice, backendChoices, backendIds, backendTitles, installableBackends } from './backend';
export type { BackendChoice, BackendId, InstallableBackend } from './backend';
export { installBackend, removeBackend } from './install';
export { backendsFolder, bindingFile, readManifest, webgpuModule } from './installed';
export { findNvidiaGpus, visibleGpu } from './nvidia';
export type { InstallOptions, InstallProgress, InstallStage } from './progress';
export { listBackends, reasonAgainst, reasonWithoutGpu, suitableBackend } from './status';
export type { BackendStatus } from './status';
