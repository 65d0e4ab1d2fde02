/** A hook as it is written into a recipe: with the published weight, all options at their defaults. */
export interface NewHook {
  readonly method: string;
  /** Left out for the teacher at `teacher`. */
  readonly from?: string;
  /** A list for methods that hook several layers at once. */
  readonly student?: string | readonly string[];
  readonly teacher?: string | readonly string[];
  readonly weight: number;
}
