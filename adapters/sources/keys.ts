import type { KeyedProvider, SourceSettings } from '../../config/sources.ts';
import { DeskError } from '../../core/errors.ts';
import { createSecret, type Secret } from '../http/secret.ts';

const origins: Readonly<Record<KeyedProvider, string>> = {
  fred: 'https://fred.stlouisfed.org/docs/api/api_key.html (free)',
  serpapi: 'https://serpapi.com/manage-api-key (free and paid plans)',
  fmp: 'https://site.financialmodelingprep.com/developer/docs (free plan)',
  defillama: 'https://defillama.com/subscription (paid)',
  sosovalue: 'https://sosovalue.com/developer (free)',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The key of a provider, from the environment variable that config/sources.yaml names. */
export const keyOf = (
  provider: KeyedProvider,
  { keys }: Pick<SourceSettings, 'keys'>,
  environment: Environment,
): Secret => readKey({ provider, name: keys[provider], origin: origins[provider] }, environment);

/** The key in an environment variable; `origin` says where one can be had. */
export function readKey(
  { provider, name, origin }: Readonly<{ provider: string; name: string; origin: string }>,
  environment: Environment,
): Secret {
  const value = environment[name]?.trim() ?? '';
  if (value === '') {
    const expected = `the environment variable ${name} with a key, from ${origin}`;
    throw new DeskError('NotAuthorized', `${provider} needs a key`, { path: name, expected, found: 'none' });
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(value)) {
    const expected = 'up to 512 printable characters without spaces';
    throw new DeskError('NotAuthorized', `${provider}: no key can look like this`, { path: name, expected });
  }
  return createSecret(value);
}
