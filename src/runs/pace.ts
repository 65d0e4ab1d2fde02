import type { TrainLine } from './types';

/**
 * Seconds until a run has trained its epochs, at the pace between two train lines of one attempt: the first and the
 * last. Evaluations and checkpoints are part of it. Undefined while there is no pace yet, or where the clock was set
 * back between them.
 */
export function secondsLeft(
  first: Pick<TrainLine, 'epoch' | 'time'>,
  last: Pick<TrainLine, 'epoch' | 'time'>,
  epochs: number,
): number | undefined {
  const milliseconds = last.time - first.time;
  if (last.epoch <= first.epoch || milliseconds < 0) return undefined;
  const millisecondsPerEpoch = milliseconds / (last.epoch - first.epoch);
  return (millisecondsPerEpoch * Math.max(0, epochs - last.epoch)) / 1000;
}
