import * as vscode from 'vscode';
import { count } from '../../common/format';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { workspacePath } from '../../recipe/workspace';
import { qualityText, runText } from '../common/describe-trained';
import { workspaceOf } from '../common/launcher';
import type { TrainedModel } from '../common/trained-models';
import { findWorkspaceModels } from '../common/workspace-models';
import { type Choice, chooseOne, heading } from '../common/choose';
import type { Student } from './find-student';
import { shortName } from './new-recipe';
import type { BACK } from '../common/steps';
import { CANCEL, type StepPlace } from '../common/steps';
import { type Teacher, teachersFor } from './teachers';

/** A teacher that has weights. */
export type AbleTeacher = Exclude<Teacher, { kind: 'untrained' }>;

/** The teacher; one without weights leads to the offer to train it, which ends the flow. */
export async function chooseTeacher(
  student: Student,
  trained: readonly TrainedModel[],
  place: StepPlace,
  train: (model: string) => void,
): Promise<AbleTeacher | typeof BACK | typeof CANCEL> {
  const title = vscode.l10n.t('Distill {0}: the teacher', student.name);
  for (;;) {
    const chosen = await chooseOne<Teacher>({
      title,
      placeholder: vscode.l10n.t('Which trained model shall {0} learn from?', student.name),
      place,
      busy: vscode.l10n.t('Looking for models…'),
      choices: async () => teacherChoices(await findTeachers(student, trained)),
    });
    if (typeof chosen === 'symbol' || chosen.kind !== 'untrained') return chosen;
    const name = shortName(chosen.model);
    const decided = await chooseOne<'train' | 'another'>({
      title,
      placeholder: vscode.l10n.t('{0} is not trained yet, and an untrained teacher teaches nothing', name),
      place: { ...place, canGoBack: true },
      choices: () => [
        {
          label: vscode.l10n.t('Train {0} first', name),
          detail: vscode.l10n.t('Writes a recipe for it; when it has run, distill again'),
          value: 'train',
        },
        { label: vscode.l10n.t('Choose another teacher'), value: 'another' },
      ],
    });
    if (decided === CANCEL) return CANCEL;
    if (decided !== 'train') continue;
    train(chosen.model);
    return CANCEL;
  }
}

async function findTeachers(student: Student, trained: readonly TrainedModel[]): Promise<Teacher[]> {
  const { workspace } = student;
  const inWorkspace = (uri: vscode.Uri): boolean => workspaceOf(uri) === workspace;
  const found = await findWorkspaceModels();
  const saved = await vscode.workspace.findFiles('**/model.json', '**/{node_modules,.retort}/**', 100);
  return teachersFor(student.model, {
    trained,
    saved: saved.filter(inWorkspace).map((uri) => workspacePath(workspace, uri.fsPath)),
    builders: found
      .filter(({ uri }) => inWorkspace(uri))
      .map(({ uri, name }) => `${workspacePath(workspace, uri.fsPath)}#${name}`),
    networks: loadCatalogue().networks,
  });
}

function teacherChoices(teachers: readonly Teacher[]): Choice<Teacher>[] {
  const some = (kind: Teacher['kind'], title: string): Choice<Teacher>[] => {
    const choices = teachers.filter((teacher) => teacher.kind === kind).map(choiceOf);
    return choices.length === 0 ? [] : [heading(title), ...choices];
  };
  return [
    ...some('trained', vscode.l10n.t('Trained here, the best first')),
    ...some('saved', vscode.l10n.t('Saved models')),
    ...some('untrained', vscode.l10n.t('To be trained first')),
  ];
}

function choiceOf(teacher: Teacher): Choice<Teacher> {
  switch (teacher.kind) {
    case 'trained': {
      const { trained } = teacher;
      return {
        label: shortName(trained.model.model),
        description: qualityText(trained),
        detail: runText(trained),
        value: teacher,
      };
    }
    case 'saved':
      return { label: shortName(teacher.model), description: teacher.model, value: teacher };
    case 'untrained': {
      const { model, network } = teacher;
      return {
        label: shortName(model),
        description: network
          ? vscode.l10n.t('built in · {0} parameters', count(network.parameters))
          : model.replace(/#[^#]*$/, ''),
        ...(network && { detail: network.summary }),
        value: teacher,
      };
    }
  }
}
