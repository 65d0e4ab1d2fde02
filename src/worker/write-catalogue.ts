import standalone from 'ajv/dist/standalone';
import { buildSync } from 'esbuild';
import { distFile, packageRoot, writeJsonAtomic } from '../common/files';
import { catalogueAugmentations } from '../data/augment/augmentations';
import { catalogueFormats } from '../data/formats';
import { catalogueMethods } from '../engine/methods/registry';
import { catalogueNetworks } from '../engine/models/networks';
import type { Catalogue } from '../recipe/catalogue';
import { editorSchema } from '../recipe/editor-schema';
import { recipeSchema } from '../recipe/full-schema';
import { compileValidator } from '../recipe/validate';

/** Run by the build: what is registered, as plain data for the rooms that never load the engine. */
const catalogue: Catalogue = {
  methods: catalogueMethods(),
  networks: catalogueNetworks(),
  formats: catalogueFormats(),
  augmentations: catalogueAugmentations(),
};

writeJsonAtomic(distFile('catalogue.json'), catalogue);
writeJsonAtomic(distFile('recipe.schema.json'), recipeSchema(catalogue));
writeJsonAtomic(distFile('recipe.editor.schema.json'), editorSchema(catalogue));

// Options that are no sound schema fail here, and not in somebody's recipe.
const { ajv, validator } = compileValidator(catalogue, { source: true });
buildSync({
  stdin: { contents: standalone(ajv, validator), resolveDir: packageRoot() },
  outfile: distFile('validate-recipe.js'),
  bundle: true,
  minify: true,
  platform: 'node',
});
