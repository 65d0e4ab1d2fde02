import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { BuilderArgs } from './network';

/** Hands arguments to a user's builder, which has no schema, and sees which of them it asks for. */
export class ArgumentReader {
  readonly args: BuilderArgs;
  private readonly asked = new Set<string>();

  constructor(private readonly given: BuilderArgs) {
    this.args = new Proxy(given, {
      get: (target, key) => {
        if (typeof key === 'string') this.asked.add(key);
        return Reflect.get(target, key) as unknown;
      },
      has: (target, key) => {
        if (typeof key === 'string') this.asked.add(key);
        return Reflect.has(target, key);
      },
    });
  }

  /** For a builder that failed: `; it asks for "depth", which is not among the arguments`, or nothing. */
  describeMissing(): string {
    const missing = [...this.asked].filter((name) => !(name in this.given));
    if (missing.length === 0) return '';
    const unused = this.unused();
    const hint = missing.map((name) => didYouMean(name, unused)).find((text) => text !== '') ?? '';
    return ` (it asks for "${missing.join('", "')}", which "args" lacks${hint})`;
  }

  /** Throws `InputError` for an argument that the builder never looked at: most likely a misspelt one. */
  checkAllUsed(): void {
    const [unused] = this.unused();
    if (unused === undefined) return;
    const asked = [...this.asked];
    const hint = didYouMean(unused, asked) || `; it reads ${asked.join(', ') || 'none'}`;
    throw new InputError(`the builder does not use the argument "${unused}"${hint}`);
  }

  private unused(): string[] {
    return Object.keys(this.given).filter(
      (name) => name !== 'inputShape' && name !== 'classes' && !this.asked.has(name),
    );
  }
}
