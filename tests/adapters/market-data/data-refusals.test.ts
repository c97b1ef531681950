import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { verifyBarFile } from '../../../adapters/market-data/verify-bars.ts';
import { type ErrorDocument, errorDocument, errorLine } from '../../../core/errors.ts';
import type { Timeframe } from '../../../core/market/timeframe.ts';
import { fixtureJson } from '../../fixture-files.ts';
import { useTemporaryHome } from './temporary-home.ts';

type Refusal = {
  name: string;
  kind: string;
  expect: 'refuse' | 'accept';
  timeframe: Timeframe;
  csv: string;
  allowGaps?: boolean;
  mustName: string[];
};

// tests/fixtures/golden/refusals.json, kind data
const { refusals } = fixtureJson('golden/refusals.json') as { refusals: Refusal[] };
const cases = refusals.filter(({ kind }) => kind === 'data');
const home = useTemporaryHome();

/** The error that a run ends with, or nothing. */
async function refusalOf({ csv, timeframe, allowGaps = false }: Refusal): Promise<ErrorDocument | undefined> {
  const file = join(home.folder, 'prices.csv');
  writeFileSync(file, csv);
  try {
    await loadMarkets({ universe: ['BTC/USDT'], timeframe, data: [`BTC/USDT=${file}`], allowGaps });
    return undefined;
  } catch (thrown) {
    return errorDocument(thrown);
  }
}

describe('a run', () => {
  test.each(cases.map((one) => [one.expect, one.name, one] as const))('%ss: %s', async (expected, _, one) => {
    const refusal = await refusalOf(one);
    const told = refusal === undefined ? undefined : errorLine({ ...refusal, file: basename(refusal.file ?? '') });
    expect([refusal?.code, told?.startsWith('prices.csv')]).toEqual(
      expected === 'refuse' ? ['BadInput', true] : [undefined, undefined],
    );
    for (const text of one.mustName) expect(told).toContain(text);
  });
});

describe('nightdesk data verify', () => {
  test.each(cases.map((one) => [one.expect, one.name, one] as const))('%ss: %s', async (expected, _, one) => {
    const file = join(home.folder, 'prices.csv');
    writeFileSync(file, one.csv);
    const { errors } = await verifyBarFile(file, { timeframe: one.timeframe, allowGaps: one.allowGaps ?? false });
    expect(errors.length === 0 ? 'accept' : 'refuse').toBe(expected);
    const told = errors.map(({ row, field, message }) => `${row} ${field} ${message}`).join('\n');
    for (const text of one.mustName) expect(told).toContain(text);
  });
});
