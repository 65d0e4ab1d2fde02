/**
 * What the panel's page may load: one script, known by its nonce, style sheets and fonts of its own, nothing remote.
 * @param source where the page's files come from
 * @param nonce of the script; styles have it too, for the sheet in which the controls ask what the browser can do
 */
export function pagePolicy(source: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
  ].join('; ');
}
