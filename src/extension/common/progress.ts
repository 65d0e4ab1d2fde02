import * as vscode from 'vscode';

/**
 * Does the work under a notification that says what it is at and can be cancelled; it throws `CancellationError` then.
 */
export async function withProgress<T>(
  title: string,
  work: (options: { signal: AbortSignal; onStage: (stage: string) => void }) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      try {
        return await work({
          signal: controller.signal,
          onStage: (message) => progress.report({ message }),
        });
      } catch (error) {
        throw token.isCancellationRequested ? new vscode.CancellationError() : error;
      }
    },
  );
}
