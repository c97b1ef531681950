import { z } from 'zod';
import { loadSettings } from './load.ts';

/** Where a key is: the name of an environment variable, never the key. */
const keyName = (name: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'the name of an environment variable (capitals, digits, _), not the key itself')
    .default(name);

/** Keys as in config/sources.yaml, where each is explained. */
const schema = z.strictObject({
  contact: z.string().min(1).max(200).optional(),
  timeout_seconds: z.number().positive().max(600).default(20),
  max_wait_seconds: z.number().min(0).max(3_600).default(60),
  keys: z
    .strictObject({
      fred: keyName('FRED_API_KEY'),
      serpapi: keyName('SERPAPI_API_KEY'),
      fmp: keyName('FMP_API_KEY'),
      defillama: keyName('DEFILLAMA_API_KEY'),
      sosovalue: keyName('SOSOVALUE_API_KEY'),
    })
    .prefault({}),
  unofficial: z.strictObject({ google: z.boolean().default(false), yahoo: z.boolean().default(false) }).prefault({}),
});

export type SourceSettings = Readonly<z.output<typeof schema>>;

/** Providers whose answers need a key. */
export type KeyedProvider = keyof SourceSettings['keys'];

export const loadSources = (folder?: string): SourceSettings => loadSettings('sources.yaml', schema, folder);
