import * as tf from '@tensorflow/tfjs';

/** A frame of a stack in a script; line and column from 1. */
export interface Frame {
  readonly line: number;
  readonly column: number;
}

/** Which calls in a user's script made the layers of a model, and which applied them. */
export class LayerTrace {
  private readonly made = new WeakMap<tf.layers.Layer, readonly Frame[]>();
  /** By output, and in their order by layer: a network that is put together anew has other outputs. */
  private readonly applied = new WeakMap<tf.SymbolicTensor, readonly Frame[]>();
  private readonly uses = new WeakMap<tf.layers.Layer, (readonly Frame[])[]>();

  /** @param script the file name that the user's script runs under */
  constructor(private readonly script: string) {}

  /** Runs what makes layers: meanwhile TensorFlow.js's layer factories and `apply` tell where they are called from. */
  during<T>(work: () => T): T {
    const prototype = tf.layers.Layer.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its layer, and put back as it was
    const { apply } = prototype;
    const factories = tf.layers as unknown as Record<string, unknown>;
    const before = { ...factories };
    for (const [name, factory] of Object.entries(before)) {
      // Classes begin with a capital.
      if (typeof factory === 'function' && /^[a-z]/.test(name)) factories[name] = this.noting(factory);
    }
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- `this` is the layer in the function below
    const trace = this;
    prototype.apply = function (...args) {
      const frames = trace.frames();
      if (!trace.made.has(this)) trace.made.set(this, frames);
      trace.uses.set(this, [...(trace.uses.get(this) ?? []), frames]);
      const result = apply.apply(this, args);
      for (const output of [result].flat()) {
        if (output instanceof tf.SymbolicTensor && !trace.applied.has(output))
          trace.applied.set(output, frames);
      }
      return result;
    };
    try {
      return work();
    } finally {
      prototype.apply = apply;
      Object.assign(factories, before);
    }
  }

  /**
   * The calls that a layer's output comes from, the innermost first: those that made the layer, or, for a layer that is
   * used again (`use` above 0), those that applied it. None for what was made out of sight.
   */
  framesOf(layer: tf.layers.Layer, output: tf.SymbolicTensor, use: number): readonly Frame[] {
    const made = this.made.get(layer);
    if (use === 0 && made) return made;
    return this.applied.get(output) ?? this.uses.get(layer)?.[use] ?? made ?? [];
  }

  /** The factory, noting where each layer that it makes was asked for. */
  private noting(factory: object): (...args: unknown[]) => unknown {
    return (...args) => {
      const result: unknown = (factory as (...args: unknown[]) => unknown)(...args);
      const layer = result instanceof tf.SymbolicTensor ? result.sourceLayer : result;
      if (layer instanceof tf.layers.Layer) this.made.set(layer, this.frames());
      return result;
    };
  }

  private frames(): readonly Frame[] {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- only put back
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (_error, sites) =>
      sites
        .filter((site) => site.getFileName() === this.script)
        .map((site) => ({ line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 }));
    try {
      return new Error().stack as unknown as readonly Frame[];
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  }
}
