import type { Contributions } from '../common/manifest';

export const contributes = {} as const satisfies Contributions;
