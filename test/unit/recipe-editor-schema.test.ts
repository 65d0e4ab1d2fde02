import assert from 'node:assert/strict';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import { editorSchema } from '../../src/recipe/editor-schema';
import { loadCatalogue } from '../../src/recipe/load-catalogue';

/** Asks VS Code's own JSON service about a recipe; `|` is the cursor. */
async function ask(marked: string) {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const service = getLanguageService({ schemaRequestService: () => Promise.reject(new Error('no network')) });
  service.configure({
    validate: true,
    schemas: [{ fileMatch: ['*.distill.json'], uri: 'retort:recipe', schema: editorSchema(loadCatalogue()) }],
  });
  const document = TextDocument.create('file:///w/a.distill.json', 'jsonc', 1, text);
  const json = service.parseJSONDocument(document);
  const position = document.positionAt(Math.max(cursor, 0));
  // As VS Code's JSON server treats `jsonc`.
  const settings = { comments: 'ignore', trailingCommas: 'warning' } as const;
  const completions = await service.doComplete(document, position, json);
  const hover = await service.doHover(document, position, json);
  return {
    problems: await service.doValidation(document, json, settings),
    offered: completions?.items.map(({ label }) => label) ?? [],
    inserted:
      completions?.items.map(({ textEdit, insertText }) => textEdit?.newText ?? insertText ?? '') ?? [],
    hover: JSON.stringify(hover?.contents ?? ''),
  };
}

describe("the editor's schema in VS Code's JSON service", () => {
  it('takes comments and trailing commas, and leaves complaints to the extension', async () => {
    const text = '{ // a comment\n "nmae": 1, "hooks": [{ "method": "kdd", "weight": -1, },], }';
    assert.deepEqual((await ask(text)).problems, []);
  });

  it('still tells what is no JSON at all', async () => {
    assert.equal((await ask('{ "name": "x" "train": {} }')).problems.length, 1);
  });

  it('explains keys, with defaults and bounds', async () => {
    const { hover } = await ask('{ "train": { "batch|Size": 32 } }');
    assert.match(hover, /Images a batch/);
    assert.match(hover, /Default: `64`, at least 1\./);
  });

  it('explains a method by what it does, its paper and its published weight', async () => {
    const { hover } = await ask('{ "hooks": [{ "method": "t|at" }] }');
    assert.match(hover, /Rebuilds every position/);
    assert.match(hover, /arxiv\.org\/abs\/2205\.10793/);
    assert.match(hover, /Published weight 0\.1/);
    assert.equal(hover.split('Rebuilds').length, 2, 'once');
  });

  it('offers keys while the recipe is half typed', async () => {
    const { offered } = await ask('{ "nam": 1, "hooks": [{ "method": "tat", "stu|" }], ');
    assert.deepEqual(offered, ['student', 'teacher', 'from', 'weight', 'options', 'schedule', 'adapter']);
  });

  it('offers no layers to methods on logits, and the options of the method named', async () => {
    assert.ok(!(await ask('{ "hooks": [{ "method": "kd", "|" }] }')).offered.includes('student'));
    const { offered } = await ask('{ "hooks": [{ "method": "kd", "options": { "|" } }] }');
    assert.deepEqual(offered, ['temperature', 'distance', 'mean', 'standardize']);
  });

  it('offers all methods, also where one is named already', async () => {
    const names = loadCatalogue().methods.map(({ name }) => name);
    const { offered } = await ask('{ "hooks": [{ "method": "t|at" }] }');
    assert.deepEqual([...offered].sort(), names.map((name) => `"${name}"`).sort());
  });

  it('offers whole hooks with the published weight, the cursor at the layers first', async () => {
    const { offered, inserted } = await ask('{ "hooks": [|] }');
    const hook = inserted[offered.indexOf('tat')]!;
    assert.match(hook, /"student": "\$\{?1/);
    assert.match(hook, /"weight": \$\{3:0\.1\}/);
  });

  it('explains values that stand for something', async () => {
    assert.match((await ask('{ "data": { "augment": ["fl|ip"] } }')).hover, /Mirrors the image/);
    assert.match((await ask('{ "report": { "checkpoint": "la|st" } }')).hover, /after the last step/);
  });

  it('explains every key of a recipe', () => {
    const silent: string[] = [];
    const look = (schema: Record<string, unknown>, place: string): void => {
      for (const [key, inner] of Object.entries((schema.properties ?? {}) as Record<string, object>)) {
        const property = inner as Record<string, unknown>;
        const isRefused = property.doNotSuggest === true;
        const told = ['markdownDescription', 'const', 'markdownEnumDescriptions'].some(
          (each) => each in property,
        );
        if (!told && !isRefused) silent.push(`${place}.${key}`);
        look(property, `${place}.${key}`);
      }
      for (const each of ['items', 'then', 'else'] as const) {
        if (typeof schema[each] === 'object')
          look(schema[each] as Record<string, unknown>, `${place}/${each}`);
      }
      for (const alternative of (schema.oneOf ?? []) as Record<string, unknown>[]) look(alternative, place);
    };
    look(editorSchema(loadCatalogue()).if as Record<string, unknown>, '');
    assert.deepEqual([...new Set(silent)], []);
  });
});
