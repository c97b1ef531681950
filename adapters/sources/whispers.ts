import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { asOf, dayMs, defineHalf, type FetchContext } from './fetch-half.ts';
import { fmpEarnings } from './fmp.ts';
import { licensedWhispers, type Whisper } from './licensed-whispers.ts';
import { readCsv, readJson, readNumber, refuseRepeats, utcDay } from './read-answer.ts';
import { tokenUnlocks } from './unlocks.ts';

const query = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('earnings').describe('consensus and actual of FMP, with a key; whispers have no public source'),
    symbol: z.string().regex(/^[A-Z0-9.-]{1,15}$/, 'a ticker, as AAPL'),
    whispers: z
      .string()
      .min(1)
      .optional()
      .describe(
        'file of your own: CSV date,whisper,price, or JSON [{date, whisper, price}]; one row a report; left out: the endpoint of config/sources.yaml',
      ),
    asOf: asOf(),
  }),
  z.strictObject({
    mode: z.literal('unlock').describe('cliffs of DefiLlama, with a paid key'),
    protocol: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/, 'the name of DefiLlama, as arbitrum')
      .describe('as DefiLlama names it'),
    symbol: z
      .string()
      .regex(/^[A-Z0-9]{2,15}$/, 'the token, as ARB')
      .describe('token, traded against USDT on Binance'),
    asOf: asOf(),
  }),
]);

/** Past reports or unlocks, and the one ahead. Nothing of after `asOf` is in the history. */
export const whispers = defineHalf({
  query,
  example: { mode: 'earnings', symbol: 'AAPL', whispers: 'whispers.csv' },
  fetch: (asked, context) => {
    const untilMs = asked.asOf ?? context.nowMs;
    return asked.mode === 'earnings'
      ? earnings({ ...asked, untilMs }, context)
      : tokenUnlocks({ ...asked, untilMs }, context);
  },
});

type Asked = Readonly<{ symbol: string; whispers?: string | undefined; untilMs: number }>;

async function earnings({ symbol, whispers: file, untilMs }: Asked, context: FetchContext) {
  const rows = file === undefined ? await licensedWhispers(symbol, context) : readWhispers(file);
  const whispered = new Map(rows.map(({ date, ...rest }) => [dateMs(date), rest]));
  const reports = (await fmpEarnings(symbol, context)).flatMap(({ t, consensus, actual }) => {
    const own = whispered.get(t);
    return own === undefined ? [] : [{ t, consensus, ...own, actual }];
  });
  // A report of today may come after the close.
  const history = reports.flatMap(({ t, actual, ...rest }) =>
    actual !== undefined && t + dayMs <= untilMs ? [{ ...rest, actual }] : [],
  );
  const ahead = reports.find(({ t }) => t + dayMs > untilMs);
  if (ahead === undefined) {
    const expected = `a row for the next report of ${symbol}, as FMP dates it`;
    throw new DeskError('BadInput', 'no whisper of a report ahead', { path: 'query.whispers', expected });
  }
  const { consensus, whisper, price } = ahead;
  return { mode: 'earnings', history, current: { consensus, whisper, price } };
}

const document = z.array(z.strictObject({ date: z.string(), whisper: z.number(), price: z.number().positive() }));

function readWhispers(file: string): readonly Whisper[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new DeskError('BadInput', 'the file cannot be read', { path: 'query.whispers', found: file, cause: thrown });
  }
  try {
    return rowsOf(text, file);
  } catch (thrown) {
    // It is the user's file: nobody else's interface has changed.
    if (!(thrown instanceof DeskError)) throw thrown;
    throw new DeskError('BadInput', thrown.message, { ...thrown.place, file });
  }
}

function rowsOf(text: string, file: string): readonly Whisper[] {
  const rows = text.trimStart().startsWith('[') ? readJson(text, document, { provider: file }) : fromCsv(text, file);
  const dates = rows.map(({ date }) => date);
  refuseRepeats(dates, { provider: file, pathOf: (i) => `row ${i + 2}` });
  return rows;
}

function fromCsv(text: string, file: string): readonly Whisper[] {
  const rows = readCsv(text, { provider: file, header: ['date', 'whisper', 'price'] });
  return rows.map(([date, whisper, price], i) => ({
    date,
    whisper: readNumber(whisper, { provider: file, path: `row ${i + 2}` }),
    price: readNumber(price, { provider: file, path: `row ${i + 2}` }),
  }));
}

function dateMs(date: string): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  const t = utcDay(Number(year), Number(month), Number(day));
  if (Number.isNaN(t))
    throw new DeskError('BadInput', 'no date', { path: 'query.whispers', expected: 'YYYY-MM-DD', found: date });
  return t;
}
