import * as fs from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Snapshot, Subject, View, Zoom } from '../../protocol/panel';
import type { Rows, TableName } from '../../protocol/panel-charts';
import type { Comparison, Header, LogTail, Predictions } from '../../protocol/panel-sections';
import { messageOf } from '../../common/errors';
import { type ReadableRun, runFolderOf } from '../../runs/folder';
import { findInTrash } from '../../runs/trash';
import { hasBaseline } from '../common/baseline';
import { experimentNames } from '../common/experiment-names';
import { isLive, isReadable, type SeenRun } from '../common/seen-run';
import type { Services } from '../services';
import { readLogTail } from './log-tail';
import { Overlays } from './overlays';
import type { ReaderClient } from './reader/client';
import { type Candidate, Candidates, isOfSameExperiment } from './sections/candidates';
import { cardsOf, referencesOf, type Standing, standingOf } from './sections/cards';
import { comparisonOf, prepareComparison } from './sections/comparison';
import { headerOf, headerOfGone, type Whereabouts } from './sections/header';
import { hookRowsOf } from './sections/hooks';
import { type Beside, besideOf } from './sections/subject';

/** The parts of the panel's state, `tables` as the changes since the last collecting. */
export type Parts = Omit<Snapshot, 'type' | 'number' | 'subject' | 'view'>;

let followers = 0;

/** Collects what a panel shows from the files of its run and of those beside it. */
export class Collector {
  private readonly follower = `panel ${++followers}`;
  private readonly candidates = new Candidates();
  private readonly overlays: Overlays;
  private predictions: { readonly stamp: string; readonly value: Predictions } | undefined;
  private lastHeader: Header | undefined;

  constructor(
    private readonly subject: Subject,
    private readonly runs: Pick<Services['runs'], 'all' | 'get'>,
    private readonly reader: ReaderClient,
  ) {
    this.overlays = new Overlays(reader);
  }

  /** Whether something may change by itself before long. */
  get isLive(): boolean {
    return this.subject.keys.some((key) => {
      const run = this.runs.get(key);
      return run !== undefined && isReadable(run) && isLive(run.seen.state);
    });
  }

  /** The next collecting gives everything anew. */
  forget(): Promise<void> {
    return this.reader.call('forget', this.follower);
  }

  async collect(view: View, isTrusted: boolean): Promise<Parts> {
    const candidates = await this.candidates.of(this.runs.all());
    const choices = candidates.map(({ choice }) => choice);
    const [key] = this.subject.keys as [string];
    const run = this.subject.kind === 'run' ? this.runs.get(key) : undefined;
    if (this.subject.kind === 'run' && run === undefined) return this.gone(key);
    const standing = run && standingOf(run.key, candidates);
    const beside = besideOf(this.subject, view, candidates, standing);
    const own: Parts =
      run === undefined ? { reading: false } : await this.collectRun(run, standing, view, isTrusted);
    // The run itself comes first: reading others at the same time would hold it up.
    const overlays = own.reading ? [] : await this.overlays.of(beside);
    const reading = own.reading || this.overlays.isReading;
    const isComparing = view.tab === 'compare' || this.subject.kind === 'comparison';
    const comparison = isComparing && (await this.compare(beside, candidates));
    return { ...own, reading, overlays, choices, ...(comparison && { comparison }) };
  }

  zoom({ table, axis, from, to }: Zoom): Promise<Rows> {
    return this.reader.call('zoom', this.subject.keys[0]!, table, axis, from, to);
  }

  dispose(): void {
    this.reader.call('leave', this.follower).catch(() => undefined);
  }

  /** What is shown of the rest stays as it is. */
  private async gone(key: string): Promise<Parts> {
    return { reading: false, header: headerOfGone(key, await whereIs(key), this.lastHeader) };
  }

  private async collectRun(
    run: SeenRun,
    standing: Standing | undefined,
    view: View,
    isTrusted: boolean,
  ): Promise<Parts> {
    const names: TableName[] = ['train', 'validation', 'teachers'];
    if (view.tab === 'hooks') names.push('hooks');
    const { reading, changes } = await this.reader.call('follow', this.follower, run.key, names);
    const lacksBaseline = standing !== undefined && this.lacksBaseline(standing);
    const experiment = isReadable(run) ? experimentNames(this.runs.all())(run) : '';
    const header = headerOf(run, { experiment, reading, isTrusted, lacksBaseline });
    this.lastHeader = header;
    const tables = changes.length > 0 ? { tables: [...changes] } : {};
    if (standing === undefined) return { reading: reading.isUnfinished, header, ...tables };
    return {
      reading: reading.isUnfinished,
      header,
      ...tables,
      cards: cardsOf(standing, reading),
      references: referencesOf(standing),
      ...(view.tab === 'hooks' && { hooks: hookRowsOf(standing.run) }),
      ...(view.tab === 'log' && { log: await this.readLog(run.key) }),
      ...(view.tab === 'predictions' && { predictions: await this.collectPredictions(standing) }),
    };
  }

  private async readLog(folder: string): Promise<LogTail> {
    try {
      return await readLogTail(folder);
    } catch (error) {
      return { skippedBytes: 0, lines: [messageOf(error)] };
    }
  }

  private lacksBaseline({ run: { recipe, run }, baseline }: Standing): boolean {
    if (recipe.hooks.length === 0 || baseline !== undefined) return false;
    const { retortFolder } = run;
    return !hasBaseline({ name: recipe.name, student: recipe.student.model, retortFolder }, this.runs.all());
  }

  /** Files of predictions change with the best evaluation alone. */
  private async collectPredictions({ run, baseline }: Standing): Promise<Predictions> {
    const others = baseline?.counted.map((other) => other.run) ?? [];
    const stamp = JSON.stringify([
      run.info.attempt,
      run.info.best?.step,
      run.info.state,
      others.map(({ id }) => id),
    ]);
    if (this.predictions?.stamp === stamp) return this.predictions.value;
    const value = await this.readPredictions(run, others);
    this.predictions = { stamp, value };
    return value;
  }

  private async readPredictions(
    run: ReadableRun,
    others: readonly ReadableRun['run'][],
  ): Promise<Predictions> {
    try {
      const read = await this.reader.call('predictions', run.run, others);
      return read ?? { why: whyNoPredictions(run), classes: [], worst: [] };
    } catch (error) {
      return { why: messageOf(error), classes: [], worst: [] };
    }
  }

  private async compare(beside: readonly Beside[], candidates: readonly Candidate[]): Promise<Comparison> {
    const own = candidates.filter(({ choice }) => this.subject.keys.includes(choice.key));
    const rows = this.subject.kind === 'run' ? [...groupsOf(own, candidates), ...own] : [];
    for (const { candidate } of beside) if (!rows.includes(candidate)) rows.push(candidate);
    const baselines = candidates
      .filter(
        ({ choice, group }) =>
          choice.kind === 'group' &&
          group.isBaseline &&
          rows.some((row) => isOfSameExperiment(row.group, group)),
      )
      .map(({ group }) => group);
    await prepareComparison(rows);
    return comparisonOf(rows, baselines);
  }
}

/** The groups of runs, where they have more than that run. */
function groupsOf(runs: readonly Candidate[], candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(
    ({ choice, group, runs: counted }) =>
      choice.kind === 'group' && counted.length > 1 && runs.some((run) => run.group === group),
  );
}

function whyNoPredictions({ info, recipe }: ReadableRun): string {
  if (recipe.data.validation.fraction === 0) {
    return l10n.t('The recipe sets no validation images aside, so there is nothing to predict.');
  }
  return info.best === undefined
    ? l10n.t('Predictions come with the first evaluation, at the end of the first epoch.')
    : l10n.t('This run has kept no predictions: it was made by an earlier version.');
}

async function whereIs(key: string): Promise<Whereabouts> {
  const isThere = await fs.access(key).then(
    () => true,
    () => false,
  );
  if (isThere) return 'elsewhere';
  return (await findInTrash(runFolderOf(key)).catch(() => undefined)) === undefined ? 'nowhere' : 'trash';
}
