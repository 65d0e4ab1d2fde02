import type { Command } from 'commander';
import { retortHome } from '../../common/home';
import { fetchDataset, listDatasets, removeDataset } from '../../data/fetched';
import { contextOf } from '../context';
import { addListByDefault } from '../list-by-default';
import { bytes } from '../../common/format';
import { table } from '../output/table';

export function addData(program: Command): void {
  const data = program.command('data').description('the datasets that are fetched by name');

  addListByDefault(data, 'which there are, and which are on this machine', (command) => {
    const { output } = contextOf(command);
    const datasets = listDatasets(retortHome());
    output.result(datasets, () =>
      table(
        [{ title: 'dataset' }, { title: 'version' }, { title: 'size', align: 'right' }, { title: 'folder' }],
        datasets.map((dataset) => [
          dataset.name,
          dataset.version,
          dataset.bytes === 0 ? '–' : bytes(dataset.bytes),
          dataset.bytes === 0 ? `not fetched (${dataset.megabytes} MB to fetch)` : dataset.folder,
        ]),
      ),
    );
  });

  data
    .command('fetch')
    .description('fetch one now; a run fetches what it needs by itself')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const { output } = contextOf(command);
      const folder = await fetchDataset(name, retortHome(), (message) => output.note(`${message} …`));
      output.result({ name, folder }, () => `${name} is in ${folder}`);
    });

  data
    .command('remove')
    .description('remove one from this machine')
    .argument('<name>')
    .action((name: string, _options, command: Command) => {
      const { output } = contextOf(command);
      const removed = removeDataset(name, retortHome());
      output.result({ name, removed }, () => (removed ? `${name} is removed` : `${name} was not fetched`));
    });
}
