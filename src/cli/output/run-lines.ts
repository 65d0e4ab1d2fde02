import type { RunInfo, ScoreLine, TeachersLine, TrainLine } from '../../runs/types';
import { duration, epochText, percent, significant } from '../../common/format';

/** The lines that are printed about a run in training. All columns are apart by three spaces. */

const GAP = '   ';

export interface Moment {
  readonly line: TrainLine;
  readonly epochs: number;
  /** Seconds; undefined as long as the pace is not known. */
  readonly left: number | undefined;
}

/**
 * `epoch  7/10 ▓▓▓░░ 62 %   loss 0.412 (task 0.301 kd 0.094)   812 img/s   2 m 10 s left`, shortened to the columns
 * there are: first the terms go, then the speed.
 */
export function progressLine({ line, epochs, left }: Moment, bar: string, columns = Infinity): string {
  const begin = `${epochOf(Math.floor(line.epoch) + 1, epochs)} ${bar}`;
  const loss = `loss ${lossText(line.loss)}`;
  const terms = Object.entries(line.terms).map(([name, value]) => `${name} ${lossText(value)}`);
  const speed = `${Math.round(line.imagesPerSecond)} img/s`;
  const time = left === undefined ? [] : [`${duration(left)} left`];
  const detailed = terms.length > 1 ? [[begin, `${loss} (${terms.join(' ')})`, speed, ...time]] : [];
  const choices = [...detailed, [begin, loss, speed, ...time], [begin, loss, ...time]].map((parts) =>
    parts.join(GAP),
  );
  return choices.find((choice) => choice.length < columns) ?? choices.at(-1)!;
}

export interface EpochResult {
  readonly line: ScoreLine;
  readonly epochs: number;
  /** Mean training loss since the last validation. */
  readonly loss: number | null | undefined;
  readonly best: { readonly epoch: number; readonly accuracy: number };
  readonly gap: number | undefined;
}

/** `epoch  6/10   loss 0.433   validation 85.9 %   best 86.4 % (5)   gap recovered 28 %` */
export function epochLine({ line, epochs, loss, best, gap }: EpochResult): string {
  return [
    epochOf(line.epoch, epochs),
    ...(loss === undefined ? [] : [`loss ${lossText(loss)}`]),
    `validation ${percent(line.accuracy)}`,
    `best ${percent(best.accuracy)} (${epochText(best.epoch)})`,
    // A student that has not come up to the baseline yet would show a large negative share of nothing.
    ...gapText(gap !== undefined && gap < 0 ? undefined : gap),
  ].join(GAP);
}

/** `test 86.9 %   best validation 86.4 % (epoch 5)   teacher 93.0 %   in 1 m 50 s` */
export function resultLine(info: RunInfo, gap: number | undefined): string {
  const teacher = info.test ? info.teacher?.test : info.teacher?.validation;
  return [
    ...(info.test ? [`test ${percent(info.test.accuracy)}`] : []),
    ...(info.best
      ? [`best validation ${percent(info.best.validation.accuracy)} (epoch ${epochText(info.best.epoch)})`]
      : []),
    ...gapText(gap),
    ...(teacher ? [`teacher ${percent(teacher.accuracy)}`] : []),
    ...(info.seconds === undefined ? [] : [`in ${duration(info.seconds)}`]),
  ].join(GAP);
}

/** `teacher deep   validation 91.3 %   teacher wide   validation 90.8 %` */
export function teachersLine({ teachers }: TeachersLine): string {
  return Object.entries(teachers)
    .map(([name, { accuracy }]) => `teacher ${name}${GAP}validation ${percent(accuracy)}`)
    .join(GAP);
}

/** How far a run is: `7/10` epochs, `–` before its length is known. */
export function epochProgress({ progress }: RunInfo): string {
  if (progress === undefined) return '–';
  return `${epochText(progress.step / progress.stepsPerEpoch)}/${epochText(progress.epochs)}`;
}

export function lossText(loss: number | null): string {
  return loss === null ? 'not finite' : significant(loss);
}

function gapText(gap: number | undefined): string[] {
  return gap === undefined ? [] : [`gap recovered ${percent(gap, 0)}`];
}

function epochOf(epoch: number, epochs: number): string {
  const total = epochText(epochs);
  const current = epochText(Math.min(epoch, Math.ceil(epochs)));
  return `epoch ${current.padStart(total.length)}/${total}`;
}
