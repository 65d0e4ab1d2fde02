export { backendChoice, backendChoices, installableBackends } from './backend';
export type { BackendChoice, BackendId, InstallableBackend } from './backend';
export { installBackend, removeBackend } from './install';
export type { InstallOptions, InstallProgress, InstallStage } from './progress';
