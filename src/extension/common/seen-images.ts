import type * as vscode from 'vscode';
import { type ImageShape, imageShapeOf, knownImages } from '../../recipe/image-shape';
import { loadCatalogue } from '../../recipe/load-catalogue';
import type { DataSource } from '../../recipe/schema';
import { findKept, keyOfFile } from './kept-of-file';

const KEY = 'images';

/** The images of data that was opened by a check, kept for the workspace: a recipe's text seldom tells. */
export class SeenImages {
  constructor(private readonly state: vscode.Memento) {}

  /** @param source - as a resolved recipe of the workspace names it */
  remember(source: DataSource, workspace: string, images: ImageShape): void {
    const { inputShape, classes } = images;
    void this.state.update(KEY, { ...this.all(), [keyOf(source, workspace)]: { inputShape, classes } });
  }

  /** What a model of this data is built for; `isAssumed` where nobody knows yet and any size will do. */
  of(source: DataSource, workspace: string): ImageShape & { readonly isAssumed: boolean } {
    const catalogue = loadCatalogue();
    const all = this.all();
    const seen = findKept((key) => all[key], keyOf(source, workspace), keyOf(source));
    const known = { ...seen, ...knownImages(source, catalogue) };
    return {
      ...imageShapeOf(source, catalogue),
      ...known,
      isAssumed: known.inputShape === undefined,
    };
  }

  private all(): Readonly<Record<string, ImageShape>> {
    return this.state.get(KEY, {});
  }
}

/** Other options may be written or left to their defaults. */
function keyOf({ format, path }: DataSource, workspace?: string): string {
  const isFile = workspace !== undefined && typeof path === 'string';
  return JSON.stringify([format, isFile ? keyOfFile(workspace, path) : path]);
}
