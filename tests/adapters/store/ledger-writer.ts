/** A process that counts trials until it is done or killed: `node ledger-writer.ts <store file> <who> <keys>`. */
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { trialRecord } from '../../contracts/trial-ledger.ts';

const [, , file = '', who = '', keys = '0'] = process.argv;
const store = openSqliteStore(file);
for (let key = 0; key < Number(keys); key++) {
  await store.recordTrials(
    trialRecord(`shared ${key}`, {
      by: who,
      count: 3,
      looks: [{ market: 'BTC/USDT', fromMs: 0, toMs: 1_000 + key }],
      samples: [{ rank: `rank of ${key}`.padEnd(64), firstDay: 19_000, returns: [0.1, 0.2, 0.3] }],
    }),
  );
  process.stdout.write('.');
}
store.close();
