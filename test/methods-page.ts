import type { TObject, TSchema } from '@sinclair/typebox';
import type { CatalogueMethod, HookKind } from '../src/recipe/catalogue';
import { catalogueMethods } from '../src/engine/methods/registry';
import { fixtureFiles, readFixture } from './parity/fixture';

const kinds: Record<HookKind, string> = {
  logits: 'On the logits',
  maps: 'On feature maps',
  vectors: 'On vectors (maps are averaged over their positions)',
};

/** The page of all methods: what each does, its options, and what its numbers are checked against. */
export function methodsPage(): string {
  const methods = catalogueMethods();
  const sections = (Object.keys(kinds) as HookKind[]).map((kind) =>
    [`## ${kinds[kind]}`, ...methods.filter(({ hooks }) => hooks === kind).map(describe)].join('\n\n'),
  );
  return (
    [
      '# Methods',
      'Written by `npm run methods-page` from the files in `src/engine/methods`. The weight is the one that the authors ' +
        'use and Distill writes; it multiplies the loss of the hook. "Checked against" names what loss and all ' +
        'gradients equal to 1e-4, on TensorFlow and on WebAssembly (`test/parity`).',
      ...sections,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function describe(method: CatalogueMethod): string {
  const { name, title, summary, publishedWeight, reference, options } = method;
  const paper = reference.url === undefined ? reference.paper : `[${reference.paper}](${reference.url})`;
  return [
    `### \`${name}\`: ${title}`,
    `${summary} ${paper}.`,
    [
      `- Weight: ${publishedWeight}`,
      ...(reference.code === undefined ? [] : [`- Code: ${reference.code}`]),
      `- Checked against: ${checkedAgainst(name).join('; ')}`,
      ...Object.entries((options as TObject).properties).map(([key, schema]) => option(key, schema)),
    ].join('\n'),
  ].join('\n\n');
}

function option(name: string, schema: TSchema): string {
  const standard = schema.default === undefined ? '' : ` (${JSON.stringify(schema.default)})`;
  return `- Option \`${name}\`${standard}: ${schema.description ?? ''}`;
}

/** The references of the method's fixtures, each once. */
function checkedAgainst(method: string): string[] {
  const fixtures = fixtureFiles.map(readFixture).filter((fixture) => fixture.method === method);
  return [...new Set(fixtures.map(({ reference }) => reference))];
}
