import type { z } from 'zod';

export const pluginCategories = ['alpha', 'risk', 'fe', 'diag'] as const;
export type PluginCategory = (typeof pluginCategories)[number];

/**
 * pure: same input, same output. stateful: pure too, but takes the last output's `state` and returns the next one.
 * source: a pure half over a normalised payload, and a fetch half behind a port. effect: acts on the outside world
 * through named ports, so it runs as an asynchronous activity on the main thread.
 */
export const pluginKinds = ['pure', 'stateful', 'source', 'effect'] as const;
export type PluginKind = (typeof pluginKinds)[number];

type Schema = z.ZodType;

type Common<Input extends Schema, Params extends Schema, Output extends Schema> = Readonly<{
  /** `<category>_<name>`, snake case; the file is plugins/<category>/<name with dashes>.ts. */
  id: string;
  category: PluginCategory;
  /** What it answers, in one sentence. */
  summary: string;
  /** The primary source. */
  reference: string;
  /** Strict; every field described with its unit, defaults in the schema. */
  params: Params;
  input: Input;
  output: Output;
  /** A small input and params to start from, as `nightdesk plugins example` writes them. */
  example: Readonly<{ input: z.input<Input>; params: z.input<Params> }>;
}>;

/** A plugin that computes; `compute` may rely on the schemas, and refuses what they cannot say by `refuse`. */
export type ComputingPlugin<Input extends Schema, Params extends Schema, Output extends Schema> = Common<
  Input,
  Params,
  Output
> &
  Readonly<{
    kind: 'pure' | 'stateful' | 'source';
    /** Deterministic, without clock or chance, does not change its input, keeps nothing between calls. */
    compute: (input: z.output<Input>, params: z.output<Params>) => z.output<Output>;
  }>;

/** A plugin that acts through ports, which the composition root hands in by name. */
export type EffectPlugin<Input extends Schema, Params extends Schema, Output extends Schema, Ports> = Common<
  Input,
  Params,
  Output
> &
  Readonly<{
    kind: 'effect';
    ports: readonly (keyof Ports & string)[];
    act: (input: z.output<Input>, params: z.output<Params>, ports: Ports) => Promise<z.output<Output>>;
  }>;

/** Defines a plugin; the types of its schemas flow into `compute`, into `runPlugin` and into activities. */
export function definePlugin<const Input extends Schema, const Params extends Schema, const Output extends Schema>(
  plugin: ComputingPlugin<Input, Params, Output>,
): ComputingPlugin<Input, Params, Output> {
  return Object.freeze(plugin);
}

/** Defines a plugin that acts on the outside world. */
export function defineEffectPlugin<Ports>() {
  return <const Input extends Schema, const Params extends Schema, const Output extends Schema>(
    plugin: EffectPlugin<Input, Params, Output, Ports>,
  ): EffectPlugin<Input, Params, Output, Ports> => Object.freeze(plugin);
}
