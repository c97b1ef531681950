/** A process that writes until it is done or killed: `node writer.ts <store file or URL> <who> <keys> trials|verdicts`. */
import { openPostgresStore } from '../../../adapters/store/postgres/index.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite/index.ts';
import { verdictRecord } from '../../contracts/store.ts';
import { trialRecord } from '../../contracts/trial-ledger.ts';

const [, , place = '', who = '', keys = '0', what = 'trials'] = process.argv;
const store = await (place.startsWith('postgres:') ? openPostgresStore(place) : openSqliteStore(place));

const writeTrials = (key: number) =>
  store.recordTrials(
    trialRecord(`shared ${key}`, {
      by: who,
      count: 3,
      looks: [{ market: 'BTC/USDT', fromMs: 0, toMs: 1_000 + key }],
      samples: [{ rank: `rank of ${key}`.padEnd(64), firstDay: 19_000, returns: [0.1, 0.2, 0.3] }],
    }),
  );

/** Says whose verdict it got back: the first one's, whoever asks. */
async function writeVerdict(key: number): Promise<void> {
  const strategyId = `STR-${key}`;
  const record = verdictRecord({ runId: 'shared', strategyId, tier: 'L0' });
  const verdict = { ...record.verdict, strategyHash: `hash of ${strategyId}`, codeVersion: who };
  const stored = await store.recordVerdict({ ...record, verdict });
  process.stdout.write(`${strategyId} ${stored.verdict.codeVersion}\n`);
}

for (let key = 0; key < Number(keys); key++) {
  if (what === 'verdicts') await writeVerdict(key);
  else {
    await writeTrials(key);
    process.stdout.write('.');
  }
}
store.close();
