/** A text that shows as it is in Markdown, in one line: names come from files, and must not become markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|&~]/g, '\\$&').replace(/\s+/g, ' ');
}
