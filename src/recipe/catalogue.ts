import type { TSchema } from '@sinclair/typebox';

/**
 * What the engine and the data room offer, as plain data: written to `dist/catalogue.json` by the build from
 * their registries, read by recipe validation, the command line and the editor, which never load the engine.
 */
export interface Catalogue {
  readonly methods: readonly CatalogueMethod[];
  readonly networks: readonly CatalogueNetwork[];
  readonly formats: readonly CatalogueFormat[];
  readonly augmentations: readonly CatalogueAugmentation[];
}

/** What a method can be hooked to: feature maps [N, H, W, C], pooled vectors [N, C], or the logits. */
export type HookKind = 'maps' | 'vectors' | 'logits';

export interface Reference {
  /** Authors, title, venue and year. */
  readonly paper: string;
  readonly url?: string;
  /** Where the authors' code is, with the file that the formula was read from. */
  readonly code?: string;
}

export interface CatalogueMethod {
  readonly name: string;
  readonly title: string;
  /** One line: what the method makes the student do. */
  readonly summary: string;
  readonly hooks: HookKind;
  /** Whether it hooks one layer of each model, or several in their order. */
  readonly layers: 'one' | 'several';
  /** The weight its authors use; Distill writes it into new recipes. */
  readonly publishedWeight: number;
  readonly reference: Reference;
  /** What a recipe must say for it beside the hook itself, in a sentence; Distill leaves such methods out. */
  readonly alsoNeeds?: string;
  /** JSON schema of the options, with defaults and descriptions. */
  readonly options: TSchema;
}

export interface CatalogueNetwork {
  readonly name: string;
  readonly summary: string;
  readonly reference: Reference;
  /** JSON schema of the builder's further arguments. */
  readonly args: TSchema;
  /** Layers worth hooking, shallow to deep. */
  readonly stages: readonly string[];
  /** Input that the published figures are for, [height, width, channels]. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Trainable parameters at that input shape and number of classes. */
  readonly parameters: number;
}

export interface CatalogueFormat {
  readonly name: string;
  readonly summary: string;
  /** Fetched by name (`fashion-mnist`), or read from the user's disk (`image-folder`). */
  readonly kind: 'fetched' | 'files';
  /** What the images are, where that is the same for all data of the format. */
  readonly images?: {
    /** [height, width, channels] */
    readonly shape: readonly [number, number, number];
    readonly classes: number;
  };
  /**
   * An option `path` is a file or folder: written relative to the recipe file, in a resolved recipe relative to
   * the workspace.
   */
  readonly options: TSchema;
}

export interface CatalogueAugmentation {
  readonly name: string;
  readonly summary: string;
  readonly options: TSchema;
}
