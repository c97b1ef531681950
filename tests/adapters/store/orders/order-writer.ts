/**
 * A process that works on an order store when it is told to: `node order-writer.ts <file or URL> submit|fill <count>`.
 * It says `ready`, waits for a line, works, and says of each thing what came of it.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openPostgresOrderStore } from '../../../../adapters/store/postgres/index.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { entriesOf, filledBy, fillOf, idOf, noonMs, submitOf } from '../../../contracts/order-fixtures.ts';

const [, , place = '', what = 'submit', count = '0'] = process.argv;
const store = await (place.startsWith('postgres:') ? openPostgresOrderStore(place) : openSqliteOrderStore(place));
const say = (line: string) => process.stdout.write(`${line}\n`);

const input = createInterface({ input: process.stdin });
say('ready');
await once(input, 'line');

async function submit(n: number): Promise<void> {
  const result = await store.submitOnce(submitOf(`race ${n}`), noonMs);
  say(`${result.kind} ${n}`);
}

/** Trade n of one order; what was applied before it was killed is not applied again. */
async function fill(n: number): Promise<void> {
  const fillOfN = fillOf(String(n), { venueMs: noonMs + n });
  for (;;) {
    const record = await store.order(idOf('to fill'));
    if (record === undefined) throw new Error('no order');
    const { appliedExecuted: _, ...change } = filledBy(record, fillOfN, { entries: entriesOf(fillOfN) });
    const { kind } = await store.apply(change);
    if (kind === 'applied') break;
  }
  say(`applied ${n}`);
}

for (let n = 0; n < Number(count); n++) await (what === 'submit' ? submit(n) : fill(n));
input.close();
store.close();
