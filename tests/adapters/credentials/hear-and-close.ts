/** `node hear-and-close.ts <folder>`: hears the stream of paper-spot until it is up, closes the accounts, and has to end. */
import { openAccounts } from '../../../adapters/credentials/open-accounts.ts';

const [, , folder = ''] = process.argv;
const accounts = openAccounts({ folder, stateFolder: folder });
const { promise: isUp, resolve: connected } = Promise.withResolvers<void>();
const listener = { order: () => {}, connected };
const first = await accounts.hearOrders?.('paper-spot', listener);
await isUp;
await accounts.close();
process.stdout.write(`${first}, then ${await accounts.hearOrders?.('paper-spot', listener)}`);
await accounts.close();
