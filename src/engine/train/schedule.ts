import type { HookSchedule, ScheduleSettings } from '../../recipe/schema';

/** Where training stands: `step` optimizer steps are finished, of `totalSteps`. */
export interface Place {
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

/**
 * The learning rate of the next step; `baseLr` is the optimizer's (for one-cycle its peak).
 *
 * Every schedule changes from step to step, not from epoch to epoch. `step` and `multi-step` drop at the start
 * of their epochs, counted from the start of training. Warm-up grows linearly from `from` at the first step to
 * 1; drops are unmoved by it, a cosine runs over the steps that it leaves. PyTorch's StepLR, MultiStepLR,
 * CosineAnnealingLR, OneCycleLR (cosine, without cycling the momentum) and LinearLR, stepped after every batch.
 */
export function learningRate(settings: ScheduleSettings, baseLr: number, place: Place): number {
  if (settings.type === 'one-cycle') return oneCycle(settings, baseLr, place);
  const { warmup } = settings;
  const warmupSteps = warmup ? warmup.epochs * place.stepsPerEpoch : 0;
  const growth =
    warmup && place.step < warmupSteps ? warmup.from + (1 - warmup.from) * (place.step / warmupSteps) : 1;
  return growth * afterWarmup(settings, baseLr, place, warmupSteps);
}

function afterWarmup(
  settings: Exclude<ScheduleSettings, { type: 'one-cycle' }>,
  baseLr: number,
  { step, totalSteps, stepsPerEpoch }: Place,
  warmupSteps: number,
): number {
  switch (settings.type) {
    case 'constant':
      return baseLr;
    case 'step':
      return baseLr * settings.gamma ** Math.floor(step / (settings.every * stepsPerEpoch));
    case 'multi-step': {
      const passed = settings.milestones.filter((epoch) => step >= epoch * stepsPerEpoch);
      return baseLr * settings.gamma ** passed.length;
    }
    case 'cosine': {
      const share = Math.max(0, step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
      return cosine(baseLr, settings.min, share);
    }
  }
}

function oneCycle(
  { peakAt, divFactor, finalDivFactor }: Extract<ScheduleSettings, { type: 'one-cycle' }>,
  peak: number,
  { step, totalSteps }: Place,
): number {
  const first = peak / divFactor;
  const peakStep = peakAt * totalSteps - 1;
  const lastStep = totalSteps - 1;
  if (step < peakStep) return cosine(first, peak, step / peakStep);
  if (lastStep <= peakStep) return peak;
  return cosine(peak, first / finalDivFactor, (step - peakStep) / (lastStep - peakStep));
}

/** From `start` at share 0 to `end` at share 1 along half a cosine. */
function cosine(start: number, end: number, share: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * Math.min(share, 1)))) / 2;
}

/** What a hook's weight is multiplied with in the next step. */
export function hookFactor(
  schedule: HookSchedule | undefined,
  { step, totalSteps, stepsPerEpoch }: Place,
): number {
  const share = step / totalSteps;
  switch (schedule?.type) {
    case undefined:
    case 'constant':
      return 1;
    case 'warmup':
      return Math.min(1, step / (schedule.epochs * stepsPerEpoch));
    case 'linear':
      return 1 + (schedule.to - 1) * share;
    case 'cosine':
      return cosine(1, schedule.to, share);
  }
}
