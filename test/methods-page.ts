import { isDeepStrictEqual } from 'node:util';
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
        'use and Distill writes; it multiplies the loss of the hook.',
      '"Checked against" names what loss and all gradients equal to 1e-4, on TensorFlow and on WebAssembly ' +
        '(`test/parity`), and the options that this was done with beside the defaults. There are three kinds: the ' +
        "authors' or a framework's own file, run as it is at the commit that is named; an independent package of the " +
        'version that is named; and, where there is neither, the formula of the paper, written in PyTorch.',
      ...sections,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function describe(method: CatalogueMethod): string {
  const { name, title, summary, publishedWeight, reference, alsoNeeds, options } = method;
  const paper = reference.url === undefined ? reference.paper : `[${reference.paper}](${reference.url})`;
  return [
    `### \`${name}\`: ${title}`,
    `${summary} ${paper}.`,
    [
      `- Weight: ${publishedWeight}`,
      ...(alsoNeeds === undefined ? [] : [`- Also needs: ${alsoNeeds}`]),
      ...(reference.code === undefined ? [] : [`- Code: ${reference.code}`]),
      ...checkedAgainst(method),
      ...Object.entries((options as TObject).properties).map(([key, schema]) => option(key, schema)),
    ].join('\n'),
  ].join('\n\n');
}

function option(name: string, schema: TSchema): string {
  const standard = schema.default === undefined ? '' : ` (${JSON.stringify(schema.default)})`;
  return `- Option \`${name}\`${standard}: ${schema.description ?? ''}`;
}

/** A line for each reference of the method's fixtures, those that are nearest to the defaults first. */
function checkedAgainst({ name, options }: CatalogueMethod): string[] {
  const { properties } = options as TObject;
  const fixtures = fixtureFiles
    .map(readFixture)
    .filter((fixture) => fixture.method === name)
    .map(({ reference, options: given }) => ({
      reference,
      chosen: Object.entries(given).filter(
        ([key, value]) => !isDeepStrictEqual(value, properties[key]?.default),
      ),
    }))
    .sort((one, other) => one.chosen.length - other.chosen.length);
  const references = [...new Set(fixtures.map(({ reference }) => reference))];
  return references.map((reference) => {
    const variants = fixtures
      .filter((fixture) => fixture.reference === reference && fixture.chosen.length > 0)
      .map(({ chosen }) => chosen.map(([key, value]) => `\`${key}\` ${JSON.stringify(value)}`).join(', '));
    const beside = [...new Set(variants)].map((variant) => `; with ${variant}`);
    return `- Checked against ${kindOf(reference)} ${reference}${beside.join('')}`;
  });
}

function kindOf(reference: string): string {
  if (/^(torchdistill|mmrazor) [\d.]+: /.test(reference)) return 'the package';
  return /@[0-9a-f]{12}/.test(reference) ? 'the code' : 'the formula:';
}
