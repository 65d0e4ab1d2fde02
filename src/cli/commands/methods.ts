import type { Command } from 'commander';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { CatalogueMethod } from '../../recipe/catalogue';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { contextOf } from '../context';
import { optionsTable } from '../output/options-table';
import { facts, table } from '../output/table';

export function addMethods(program: Command): void {
  program
    .command('methods')
    .description('the distillation methods; with a name: its options, defaults and where it is from')
    .argument('[name]', 'a method, as in a hook of a recipe')
    .action((name: string | undefined, _options, command: Command) => {
      const { output } = contextOf(command);
      const { methods } = loadCatalogue();
      if (name === undefined) {
        output.result(methods, () => methodsTable(methods));
        return;
      }
      const method = methods.find((candidate) => candidate.name === name);
      if (method === undefined) {
        const names = methods.map((candidate) => candidate.name);
        throw new InputError(
          `There is no method "${name}"${didYouMean(name, names) || ': see retort methods'}`,
        );
      }
      output.result(method, () => describeMethod(method));
    });
}

function methodsTable(methods: readonly CatalogueMethod[]): string {
  return table(
    [{ title: 'method' }, { title: 'hooks' }, { title: 'weight', align: 'right' }, { title: '' }],
    methods.map((method) => [method.name, method.hooks, String(method.publishedWeight), method.summary]),
  );
}

function describeMethod(method: CatalogueMethod): string {
  return [
    `${method.name}: ${method.title}`,
    method.summary,
    '',
    facts([
      ['hooks', method.hooks],
      ['published weight', String(method.publishedWeight)],
      ['also needs', method.alsoNeeds],
      ['paper', method.reference.paper],
      ['', method.reference.url],
      ['code', method.reference.code],
    ]),
    '',
    optionsTable(method.options),
  ].join('\n');
}
