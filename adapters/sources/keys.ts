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

/** The key of a provider, from the environment variable that config/sources.yaml names. */
export function keyOf(
  provider: KeyedProvider,
  { keys }: Pick<SourceSettings, 'keys'>,
  environment: Readonly<Record<string, string | undefined>>,
): Secret {
  const name = keys[provider];
  const value = environment[name]?.trim() ?? '';
  if (value === '') {
    const expected = `the environment variable ${name} with a key, from ${origins[provider]}`;
    throw new DeskError('NotAuthorized', `${provider} needs a key`, { path: name, expected, found: 'none' });
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(value)) {
    const expected = 'up to 512 printable characters without spaces';
    throw new DeskError('NotAuthorized', `${provider}: no key can look like this`, { path: name, expected });
  }
  return createSecret(value);
}
