/** Printed before the suite's own output: what the workbench's console says until then is not about the tests. */
export const SUITE_BEGINS = 'The suite begins';
