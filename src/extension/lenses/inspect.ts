import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import type { ModelSummary } from '../../protocol/inspector';
import { workspaceOf } from '../common/launcher';
import { withProgress } from '../common/progress';
import type { Services } from '../services';
import type { ModelInputs } from './ask-input';
import type { FailureDiagnostics } from './failure-diagnostics';
import type { Inspection, InspectionStore } from './inspections';
import type { ModelInput } from './model-input';
import { referenceOf } from './model-reference';
import { saveDocument, type Target } from './target';

/** Builds models in the inspector and keeps what it tells of their layers. */
export class Inspector {
  constructor(
    private readonly services: Pick<Services, 'models'>,
    private readonly inputs: ModelInputs,
    private readonly inspections: InspectionStore,
    private readonly failures: FailureDiagnostics,
  ) {}

  /**
   * Builds the model and shows its layers. Undefined where the user gave no input; throws `CancellationError` where
   * they stop it, and `InputError` where the model cannot be built, which is then also told at its line.
   */
  async inspect(target: Target, { asks = false } = {}): Promise<Inspection | undefined> {
    const { uri } = target.document;
    const reference = referenceOf(uri, target.builder);
    const input = await (asks ? this.inputs.ask(uri, reference) : this.inputs.of(uri, reference));
    if (input === undefined) return undefined;
    await saveDocument(target.document);
    this.failures.clear();
    const workspace = workspaceOf(uri);
    let summary: ModelSummary;
    try {
      summary = await this.build(reference, input, workspace);
    } catch (error) {
      if (error instanceof InputError) await this.failures.show(error, target, workspace);
      throw error;
    }
    const inspection = { reference, workspace, input, summary };
    this.inspections.add(inspection);
    return inspection;
  }

  private build(reference: string, input: ModelInput, workspace: string): Promise<ModelSummary> {
    return withProgress(vscode.l10n.t('Inspecting {0}', reference.replace(/^.*#/, '')), (options) =>
      this.services.models.describe({ model: reference, workspace, ...input }, options),
    );
  }
}
