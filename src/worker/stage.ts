/**
 * Tells whoever watches this process what it is at. Stages that run a user's code (building a model) have a time
 * limit, kept by the watcher: a loop without end blocks this process's own clock.
 */
export type Stage = (name: string, runsUserCode: boolean) => void;
