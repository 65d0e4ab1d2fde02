import { distFile, writeJsonAtomic } from '../common/files';
import { catalogueAugmentations } from '../data/augment/augmentations';
import { catalogueFormats } from '../data/formats';
import { catalogueMethods } from '../engine/methods/registry';
import { catalogueNetworks } from '../engine/models/networks';
import type { Catalogue } from '../recipe/catalogue';
import { editorSchema } from '../recipe/editor-schema';
import { recipeSchema } from '../recipe/full-schema';
import { validateRecipe } from '../recipe/validate';

/** Run by the build: what is registered, as plain data for the rooms that never load the engine. */
const catalogue: Catalogue = {
  methods: catalogueMethods(),
  networks: catalogueNetworks(),
  formats: catalogueFormats(),
  augmentations: catalogueAugmentations(),
};

// Compiles the schema, so that options that are no sound schema fail the build and not somebody's recipe.
validateRecipe({}, catalogue);

writeJsonAtomic(distFile('catalogue.json'), catalogue);
writeJsonAtomic(distFile('recipe.schema.json'), recipeSchema(catalogue));
writeJsonAtomic(distFile('recipe.editor.schema.json'), editorSchema(catalogue));
