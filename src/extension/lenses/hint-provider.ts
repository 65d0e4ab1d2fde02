import * as vscode from 'vscode';
import { onSettingChanged, readSetting } from '../common/settings';
import { describeLine, type HintParts, tableOf } from './inspected';
import type { InspectionStore } from './inspections';
import { formatInput } from './model-input';

/** Behind each line that makes layers: their output shape, parameters and FLOPs, while the text is as inspected. */
export class LayerHintProvider implements vscode.InlayHintsProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.changed.event;
  private readonly disposables: vscode.Disposable;

  constructor(private readonly inspections: InspectionStore) {
    const fire = (): void => this.changed.fire();
    this.disposables = vscode.Disposable.from(
      this.changed,
      inspections.onDidChange(fire),
      ...(['shapes', 'parameters', 'flops', 'callers'] as const).map((part) =>
        onSettingChanged(`retort.hints.${part}`, fire),
      ),
    );
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    const parts: HintParts = {
      shapes: readSetting('retort.hints.shapes', document),
      parameters: readSetting('retort.hints.parameters', document),
      flops: readSetting('retort.hints.flops', document),
    };
    const callers = readSetting('retort.hints.callers', document);
    const hints = new Map<number, vscode.InlayHint>();
    for (const { inspection, lines } of this.inspections.in(document)) {
      for (const { line: lineNumber, layers, isOwn } of lines) {
        const line = lineNumber - 1;
        const isShown = line >= range.start.line && line <= range.end.line && (isOwn || callers);
        // What two builders made on one line is told of the one inspected last.
        if (!isShown || hints.has(line) || line >= document.lineCount) continue;
        const text = describeLine(layers, parts);
        if (text === '') continue;
        const hint = new vscode.InlayHint(document.lineAt(line).range.end, text);
        hint.paddingLeft = true;
        const heading = `**${inspection.reference.replace(/^.*#/, '')}** · ${formatInput(inspection.input)}`;
        hint.tooltip = new vscode.MarkdownString(`${heading}\n\n${tableOf(layers)}`);
        hints.set(line, hint);
      }
    }
    return [...hints.values()];
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
