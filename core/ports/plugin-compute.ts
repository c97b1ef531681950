/** One run of a plugin, as plain JSON for a thread. */
export type PluginTask = Readonly<{ id: string; input: unknown; params: unknown }>;

/**
 * Runs pure and stateful plugins away from the main thread, within a limit of time and one of heap memory
 * (ResourceExhausted); what typed arrays hold lies outside of the heap and is not counted.
 * Aborting ends the work at once: Cancelled. A refusal is thrown as the plugin's own.
 */
export type PluginCompute = Readonly<{
  run(task: PluginTask, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}>;
