import * as path from 'node:path';
import * as vscode from 'vscode';
import { count } from '../../common/format';
import type { CatalogueFormat } from '../../recipe/catalogue';
import { loadCatalogue } from '../../recipe/load-catalogue';
import type { Recipe } from '../../recipe/schema';
import { liesIn } from '../../recipe/workspace';
import { relativePath } from '../common/written-references';
import { type Choice, chooseOne, heading } from '../common/choose';
import type { Student } from './find-student';
import type { BACK, CANCEL } from '../common/steps';
import { type StepPlace } from '../common/steps';
import { writeData } from './write-out';

export type WrittenData = Readonly<Record<string, unknown>>;

/** A data section that some run has used, and whose it was. */
export interface UsedData {
  readonly data: Recipe['data'];
  readonly note: string;
}

/** The data: what was used before first, then the formats; those of files are followed by a dialog for them. */
export async function chooseData(
  title: string,
  student: Student,
  used: readonly UsedData[],
  place: StepPlace,
): Promise<WrittenData | typeof BACK | typeof CANCEL> {
  const catalogue = loadCatalogue();
  for (;;) {
    const chosen = await chooseOne<WrittenData | CatalogueFormat>({
      title,
      placeholder: vscode.l10n.t('Which images?'),
      place,
      choices: () => [
        ...used.map(({ data, note }) => ({
          label: data.source.format,
          description: note,
          detail: describeData(data),
          value: writeData(data, catalogue, student),
        })),
        ...formatChoices(vscode.l10n.t('Fetched once'), 'fetched', catalogue.formats),
        ...formatChoices(vscode.l10n.t('From your files'), 'files', catalogue.formats),
      ],
    });
    if (typeof chosen === 'symbol' || !isFormat(chosen)) return chosen;
    if (chosen.kind === 'fetched') return sectionFor(chosen);
    const [file] = (await pickFile(chosen, student)) ?? [];
    // A dialog that is closed leads back to the list.
    if (file !== undefined) return sectionFor(chosen, writtenPath(file.fsPath, student));
  }
}

function formatChoices(
  title: string,
  kind: CatalogueFormat['kind'],
  formats: readonly CatalogueFormat[],
): Choice<CatalogueFormat>[] {
  return [
    heading(title),
    ...formats
      .filter((format) => format.kind === kind)
      .map((format) => ({ label: format.name, detail: format.summary, value: format })),
  ];
}

function isFormat(chosen: WrittenData | CatalogueFormat): chosen is CatalogueFormat {
  return 'summary' in chosen;
}

/** A section with what helps on such images: digits mean something else in a mirror. */
function sectionFor({ name }: CatalogueFormat, path?: string): WrittenData {
  const isWriting = name === 'mnist' || name === 'idx';
  const crop = name === 'image-folder' ? 'random-resized-crop' : 'crop';
  return {
    source: path === undefined ? name : { format: name, path },
    validation: { fraction: 0.1, splitSeed: 0 },
    augment: isWriting ? [crop] : ['flip', crop],
  };
}

function describeData({ source, train, validation, augment }: Recipe['data']): string {
  return [
    ...(typeof source.path === 'string' ? [source.path] : []),
    train.limit === undefined
      ? vscode.l10n.t('all training images')
      : vscode.l10n.t('{0} training images', count(train.limit)),
    vscode.l10n.t('{0} % for validation', Math.round(validation.fraction * 1000) / 10),
    ...augment.map(({ type }) => type),
  ].join(', ');
}

function pickFile(
  { name, summary }: CatalogueFormat,
  { workspace }: Student,
): Thenable<vscode.Uri[] | undefined> {
  const isModule = name === 'module';
  return vscode.window.showOpenDialog({
    title: summary,
    openLabel: vscode.l10n.t('Use'),
    defaultUri: vscode.Uri.file(workspace),
    canSelectFiles: isModule,
    canSelectFolders: !isModule,
    ...(isModule && { filters: { [vscode.l10n.t('Modules')]: ['ts', 'mts', 'js', 'mjs', 'cjs'] } }),
  });
}

/** What lies in the workspace moves with it. */
function writtenPath(file: string, { folder, workspace }: Student): string {
  return liesIn(workspace, file) ? relativePath(folder, file) : path.resolve(file);
}
