import type { Static, TObject } from '@sinclair/typebox';
import type * as tf from '@tensorflow/tfjs';
import type { CatalogueNetwork } from '../../recipe/catalogue';

/** What every builder gets, a built-in one and a user's: further arguments come from the recipe's `args`. */
export interface BuilderArgs {
  readonly inputShape: [number, number, number];
  readonly classes: number;
  readonly [argument: string]: unknown;
}

export type Builder = (args: BuilderArgs) => tf.LayersModel;

/** A built-in network: one file a family; `networks.ts` lists them. Its outputs are logits. */
export interface NetworkDefinition<Args extends TObject = TObject> extends CatalogueNetwork {
  readonly args: Args;
  build(this: void, args: BuilderArgs & Static<Args>): tf.LayersModel;
}

/** Keeps the argument types of a definition while letting it stand in a list of all of them. */
export function defineNetwork<Args extends TObject>(definition: NetworkDefinition<Args>): NetworkDefinition {
  return definition;
}
