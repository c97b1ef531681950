import { createInterface } from 'node:readline/promises';
import { keysOf, ringOf } from '../../../adapters/credentials/account-keys.ts';
import { accountNamed } from '../../../adapters/credentials/account-named.ts';
import { consentText, giveLiveConsent } from '../../../adapters/credentials/live-consent.ts';
import { stateFolder } from '../../../config/paths.ts';
import { DeskError } from '../../../core/errors.ts';
import { notice, print } from '../output.ts';

/** Asks a person for the sentence, on the terminal or from standard input, and writes the yes down for this key. */
export async function allowAccount(name: string): Promise<void> {
  const ring = ringOf();
  const account = accountNamed(ring, name);
  if (account.mode !== 'live') {
    throw new DeskError('BadInput', `${name} is a paper account: it needs no permission`, {
      path: `accounts.${name}.mode`,
      expected: 'live',
      found: account.mode,
    });
  }
  const keys = await keysOf(ring, account);
  notice(`${name} will trade real money at ${account.venue} with the key that it has now.`);
  notice(`To allow it, type: ${consentText(account)}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await Promise.race([
      terminal.question('> '),
      new Promise<string>((resolve) => terminal.once('close', () => resolve(''))),
    ]);
    await giveLiveConsent({ account, keys, stateFolder: stateFolder() }, typed, Date.now());
  } finally {
    terminal.close();
  }
  print(`${name} may trade real money. Another key needs a new yes.`);
}
