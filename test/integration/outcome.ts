import { CheckpointStore } from '../../src/runs/checkpoints';
import type { RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';

/** What must be the same however often a run was killed or stopped: the bytes of all tensors, and the metrics but for timings. */
export async function outcomeOf(run: RunFolder): Promise<{ tensors: Buffer; metrics: unknown[] }> {
  const { files } = await new CheckpointStore(run).read('last');
  const { lines } = await readMetrics(run);
  return {
    tensors: Buffer.from(files['tensors.bin']!),
    metrics: lines.map((line) => ({
      ...line,
      attempt: 0,
      seq: 0,
      time: 0,
      ...(line.kind === 'train' && { imagesPerSecond: 0, dataWait: 0, memory: undefined }),
    })),
  };
}
