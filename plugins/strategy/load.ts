import type { LoadPlugins } from '../../core/strategy/strategy-plugins.ts';

/** The catalogue of every face that reads or runs strategy files; loaded with the first file that uses a plugin. */
export const loadStrategyPlugins: LoadPlugins = async () => (await import('./catalogue.ts')).strategyPlugins;
