import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pagePolicy } from './page-policy';

/** Where the page's files lie; nothing else can be loaded. */
export function pageFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** The page's document: one script, known by its nonce, one style sheet and the icons' font; no remote content. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string): string =>
    escape(webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extensionUri), name)).toString());
  const policy = pagePolicy(webview.cspSource, nonce);
  const texts = vscode.l10n.bundle === undefined ? '' : JSON.stringify(vscode.l10n.bundle);
  return `<!DOCTYPE html>
<html lang="${escape(vscode.env.language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escape(policy)}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Retort</title>
    <link rel="stylesheet" href="${file('panel.css')}" />
  </head>
  <body data-texts="${escape(texts)}">
    <main id="panel"></main>
    <script nonce="${nonce}" src="${file('panel.js')}"></script>
  </body>
</html>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
