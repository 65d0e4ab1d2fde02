import * as path from 'node:path';
import * as vscode from 'vscode';
import { escapeMarkdown } from '../../common/markdown';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { parseReference } from '../../recipe/reference';
import { isRecipe } from '../common/active-recipe';
import { qualityText, runText } from '../common/describe-trained';
import { workspaceOf } from '../common/launcher';
import { isReadable } from '../common/seen-run';
import { trainedBy } from '../common/trained-models';
import type { Services } from '../services';
import { layersOf } from './layers';
import { layerText } from './layer-text';
import { hookedModels, readRecipeText, type RecipeText } from '../common/recipe-text';
import { stringAt, type StringPlace } from './string-at';

/** Milliseconds that a hover may wait for a model to be built. */
const PATIENCE = 5000;

/** Says what only the workspace knows of layers, models and runs. What keys mean comes from the schema. */
export class RecipeHover implements vscode.HoverProvider {
  constructor(private readonly services: Services) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    if (!isRecipe(document.uri)) return undefined;
    const text = document.getText();
    const place = stringAt(text, document.offsetAt(position));
    if (place === undefined || place.value === '') return undefined;
    const told = await this.tell(place, readRecipeText(text), document.uri);
    if (told === undefined) return undefined;
    const range = new vscode.Range(document.positionAt(place.start), document.positionAt(place.end));
    return new vscode.Hover(told.split('\n\n').map(escapeMarkdown).join('\n\n'), range);
  }

  private async tell(
    { path: keys, value }: StringPlace,
    recipe: RecipeText,
    uri: vscode.Uri,
  ): Promise<string | undefined> {
    const [first, second, third] = keys;
    if (first === 'hooks' && typeof second === 'number' && (third === 'student' || third === 'teacher')) {
      const [model] = hookedModels(recipe, second, third);
      const found = await layersOf(recipe, model!, uri, this.services, PATIENCE);
      const layer = found?.layers.find(({ id }) => id === value);
      return found && layer && layerText(layer, found.areShapesReal);
    }
    const key = keys.at(-1);
    const isModel = keys.length === 2 || (keys.length === 3 && first === 'teachers');
    const isReference = isModel && (key === 'model' || key === 'weights');
    return isReference ? this.tellReference(value, uri) : undefined;
  }

  private tellReference(written: string, uri: vscode.Uri): string | undefined {
    try {
      const reference = parseReference(written);
      if (reference.kind === 'run') return this.tellRun(reference.id, uri);
      if (reference.kind !== 'builtin') return undefined;
      const network = loadCatalogue().networks.find(({ name }) => name === reference.name);
      return network && `${network.summary}\n\n${network.reference.paper}`;
    } catch {
      return undefined;
    }
  }

  private tellRun(id: string, uri: vscode.Uri): string | undefined {
    const key = path.join(workspaceOf(uri), '.retort', 'runs', id);
    const seen =
      this.services.runs.all().find(({ run }) => run.folder === key) ?? this.services.runs.get(key);
    if (seen === undefined) return vscode.l10n.t('There is no such run in this workspace.');
    if (!isReadable(seen)) return typeof seen.seen === 'string' ? seen.seen : undefined;
    const trained = trainedBy(seen);
    if (trained === undefined) return vscode.l10n.t('This run has trained nothing yet.');
    return `${trained.model.model}: ${qualityText(trained)}\n\n${runText(trained)}`;
  }
}
