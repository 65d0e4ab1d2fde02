/**
 * A named place where tests make this process fail: `RETORT_FAILPOINT=checkpoint-after-file-1` ends it there by
 * SIGKILL, `…@3` at the third time it passes, `…=ENOSPC` throws that system error instead.
 */
export function failpoint(name: string): void {
  const wanted = /^([\w-]+)(?:@(\d+))?(?:=(\w+))?$/.exec(process.env.RETORT_FAILPOINT ?? '');
  if (wanted?.[1] !== name) return;
  const passes = (passed.get(name) ?? 0) + 1;
  passed.set(name, passes);
  if (passes !== Number(wanted[2] ?? 1)) return;
  const code = wanted[3];
  if (code !== undefined) throw Object.assign(new Error(`${code}: failpoint ${name}`), { code });
  process.kill(process.pid, 'SIGKILL');
}

const passed = new Map<string, number>();
