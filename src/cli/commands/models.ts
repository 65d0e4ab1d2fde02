import type { Command } from 'commander';
import { backendChoice } from '../../backends';
import { InputError } from '../../common/errors';
import { amongst } from '../../common/suggest';
import { inspect } from '../../launch/inspect';
import { ModelRequest, type ModelSummary } from '../../protocol/inspector';
import type { Catalogue, CatalogueNetwork } from '../../recipe/catalogue';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { applyOverrides } from '../../recipe/overrides';
import { formatReference, parseReference } from '../../recipe/reference';
import { contextOf } from '../context';
import { backendOption, collect, parseInputShape, parsePositive, timeLimitOption } from '../options';
import { count, flops, shape } from '../../common/format';
import { facts, table } from '../output/table';
import { workspaceOf } from '../workspace';

interface ModelsOptions {
  readonly input?: [number, number, number];
  readonly classes?: number;
  readonly arg?: readonly string[];
  readonly backend?: string;
  readonly timeLimit: number;
}

export function addModels(program: Command): void {
  program
    .command('models')
    .description('the built-in networks; with a name or a reference: the layers of one model')
    .argument('[model]', 'a built-in network, models/resnet.ts#resnet8, a model.json or run:ID')
    .option('--input <shape>', 'height, width and channels, as in 28x28x1', parseInputShape)
    .option('--classes <number>', 'number of classes', parsePositive)
    .option(
      '--arg <name=value>',
      'a further argument of the builder, as in width=8; may be repeated',
      collect,
    )
    .addOption(backendOption())
    .addOption(timeLimitOption())
    .action(async (model: string | undefined, options: ModelsOptions, command: Command) => {
      const { output, retortFolder } = contextOf(command);
      const catalogue = loadCatalogue();
      if (model === undefined) {
        output.result(catalogue.networks, () => networksTable(catalogue.networks));
        return;
      }
      const { reference, network } = findModel(model, catalogue);
      const summary = await inspect(
        ModelRequest,
        {
          workspace: workspaceOf(retortFolder),
          retort: retortFolder,
          backend: backendChoice(options.backend),
          model: reference,
          args: applyOverrides({}, options.arg ?? []) as Record<string, unknown>,
          inputShape: options.input ?? network?.inputShape ?? [32, 32, 3],
          classes: options.classes ?? network?.classes ?? 10,
        },
        { timeLimit: options.timeLimit },
      );
      output.result(summary, () => describeModel(summary, network));
    });
}

/** What a name means: a built-in network, else a reference as in a recipe. */
function findModel(
  name: string,
  { networks }: Catalogue,
): { readonly reference: string; readonly network?: CatalogueNetwork } {
  const isPlain = /^[\w-]+$/.test(name);
  const reference = parseReference(isPlain ? `builtin:${name}` : name);
  if (reference.kind !== 'builtin') return { reference: formatReference(reference) };
  const network = networks.find((candidate) => candidate.name === reference.name);
  if (network !== undefined) return { reference: formatReference(reference), network };
  const names = networks.map((candidate) => candidate.name);
  throw new InputError(`There is no built-in network "${reference.name}"${amongst(reference.name, names)}`);
}

function networksTable(networks: readonly CatalogueNetwork[]): string {
  return table(
    [
      { title: 'network' },
      { title: 'input' },
      { title: 'classes', align: 'right' },
      { title: 'parameters', align: 'right' },
      { title: '' },
    ],
    networks.map((network) => [
      network.name,
      shape(network.inputShape),
      String(network.classes),
      count(network.parameters),
      network.summary,
    ]),
  );
}

function describeModel(model: ModelSummary, network: CatalogueNetwork | undefined): string {
  return [
    facts([
      ['model', model.reference],
      ['about', network?.summary],
      ['paper', network?.reference.paper],
      ['parameters', count(model.parameters)],
      ['operations', `${flops(model.flops)} an image`],
      ['stages', network?.stages.join(', ')],
    ]),
    '',
    layersTable(model),
  ].join('\n');
}

export function layersTable(model: ModelSummary): string {
  return table(
    [
      { title: 'layer' },
      { title: 'type' },
      { title: 'output' },
      { title: 'parameters', align: 'right' },
      { title: 'operations', align: 'right' },
    ],
    model.layers.map((layer) => [
      layer.id,
      layer.className,
      shape(layer.outputShape),
      count(layer.parameters),
      flops(layer.flops),
    ]),
  );
}
