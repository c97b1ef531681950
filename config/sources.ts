import { z } from 'zod';
import { loadSettings } from './load.ts';

/** Where a key is: the name of an environment variable, never the key. */
const keyName = (name: string) =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'the name of an environment variable (capitals, digits, _), not the key itself')
    .default(name);

/** Where a value is inside JSON: `data.items`. */
const jsonPath = z.string().regex(/^[\w-]+(?:\.[\w-]+)*$/, 'names with dots between them, as data.items');

const whisperEndpoint = z.strictObject({
  url: z
    .string()
    .regex(/^https:\/\/[a-z0-9.-]+\.[a-z]{2,}\/\S*$/, 'https://host/path, with {symbol} where the ticker goes')
    .refine((url) => url.includes('{symbol}') && URL.canParse(url), 'an address with {symbol} in it'),
  key: keyName('WHISPER_API_KEY'),
  header: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'a header in small letters')
    .default('x-api-key'),
  rows: jsonPath.optional(),
  fields: z.strictObject({ date: jsonPath, whisper: jsonPath, price: jsonPath }),
});

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
  whispers: whisperEndpoint.optional(),
  unofficial: z.strictObject({ google: z.boolean().default(false), yahoo: z.boolean().default(false) }).prefault({}),
});

export type SourceSettings = Readonly<z.output<typeof schema>>;

/** Providers whose answers need a key. */
export type KeyedProvider = keyof SourceSettings['keys'];

export const loadSources = (folder?: string): SourceSettings => loadSettings('sources.yaml', schema, folder);
