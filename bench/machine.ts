import * as os from 'node:os';

/** What a measurement ran on, and what else wanted its cores: a line of its report. */
export function describeMachine(): string {
  const cpus = os.cpus();
  const gibibytes = (os.totalmem() / 1024 ** 3).toFixed(0);
  const load = os.loadavg()[0]!.toFixed(1);
  return `${cpus.length} x ${cpus[0]?.model.trim()}, ${gibibytes} GiB, Node ${process.versions.node}, ${os.platform()} ${os.arch()}; load average while measuring ${load}`;
}
