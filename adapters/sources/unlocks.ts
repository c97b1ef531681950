import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import { fitLine } from '../../core/math/fit-line.ts';
import type { Provider } from '../http/provider.ts';
import { closes } from './binance.ts';
import { dayMs, type FetchContext } from './fetch-half.ts';
import { numberOrText, oldestFirst, readJson, readValue } from './read-answer.ts';

/** Paid; the key is a part of the path. */
const defillama: Provider = {
  name: 'defillama',
  hosts: ['pro-api.llama.fi'],
  limit: { requests: 5, perMs: 1_000, burst: 2 },
};

const event = z.object({
  timestamp: numberOrText,
  noOfTokens: z.array(z.number()),
  unlockType: z.string().optional(),
});
const list = z
  .array(z.object({ name: z.string(), gecko_id: z.string().nullish(), events: z.array(event).nullish() }))
  .min(1);
const supply = z.object({ timestamp: z.number(), unlocked: z.number() });
const body = z.object({
  documentedData: z.object({ data: z.array(z.object({ data: z.array(supply).min(1) })).min(1) }),
});
const emission = z.object({ body: z.unknown() });

async function ask<Schema extends z.ZodType>({ get, keyOf }: FetchContext, path: string, answer: Schema) {
  const text = await get(defillama, {
    host: 'pro-api.llama.fi',
    path: `/{key}/api/${path}`,
    secret: { value: keyOf('defillama'), place: 'path' },
    accept: 'json',
    maxBytes: 64 * 1024 * 1024,
  });
  return readJson(text, answer, { provider: 'defillama' });
}

type Asked = Readonly<{ protocol: string; symbol: string; untilMs: number }>;

/** Cliffs of a token as shares of what was unlocked before, and the token's abnormal return around the past ones. */
export async function tokenUnlocks({ protocol, symbol, untilMs }: Asked, context: FetchContext) {
  const named = (await ask(context, 'emissions', list)).find(
    ({ name, gecko_id: id }) => id === protocol || name.toLowerCase().replaceAll(' ', '-') === protocol,
  );
  if (named === undefined) {
    throw new DeskError('NotFound', 'defillama knows no emissions of it', { path: 'query.protocol', found: protocol });
  }
  const schedule = scheduleOf((await ask(context, `emission/${protocol}`, emission)).body);
  const cliffs = cliffsOf(named.events ?? [], (t) => unlockedBefore(schedule, t));
  const past = cliffs.filter(({ t }) => t + 2 * dayMs <= untilMs);
  const ahead = cliffs.find(({ t }) => t > untilMs);
  if (ahead === undefined) {
    throw new DeskError('BadInput', 'no cliff ahead', { path: 'query.protocol', found: protocol });
  }
  const returns =
    past.length === 0 ? () => undefined : await abnormalReturns(symbol, { first: past[0].t, untilMs }, context);
  const history = past.flatMap(({ t, unlockFraction }) => {
    const abnormalReturn = returns(t);
    return abnormalReturn === undefined ? [] : [{ unlockFraction, abnormalReturn }];
  });
  return { mode: 'unlock', history, current: { unlockFraction: ahead.unlockFraction } };
}

type Unlocked = Readonly<{ t: number; unlocked: number }>;

/** Tokens unlocked by category, each oldest first: what is read from it is the last moment before another. */
function scheduleOf(emitted: unknown): readonly (readonly Unlocked[])[] {
  const provider = 'defillama';
  // A body that is JSON inside of JSON, as older answers have it.
  const document = typeof emitted === 'string' ? readJson(emitted, z.unknown(), { provider }) : emitted;
  const { data } = readValue(document, body, { provider, root: 'answer.body' }).documentedData;
  return data.map(({ data: points }, i) => {
    const rows = points.map(({ timestamp, unlocked }) => ({ t: timestamp * 1_000, unlocked }));
    const pathOf = (k: number) => `answer.body.documentedData.data[${i}].data[${k}].timestamp`;
    return oldestFirst(rows, { provider, pathOf });
  });
}

type Cliff = Readonly<{ t: number; unlockFraction: number }>;

/** Cliffs of one day are one event; linear vesting is none. */
function cliffsOf(events: readonly z.output<typeof event>[], unlocked: (t: number) => number): Cliff[] {
  const days = new Map<number, number>();
  for (const { timestamp, noOfTokens, unlockType } of events) {
    if (unlockType !== 'cliff') continue;
    const t = Math.floor((timestamp * 1_000) / dayMs) * dayMs;
    // Two values are a rate before and after; a cliff has one.
    days.set(t, (days.get(t) ?? 0) + noOfTokens.reduce((sum, tokens) => sum + tokens, 0));
  }
  return [...days]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([t, tokens]) => {
      const before = unlocked(t);
      return before > 0 && tokens > 0 ? [{ t, unlockFraction: tokens / before }] : [];
    });
}

/** Tokens of all categories that were unlocked before `t`. */
function unlockedBefore(schedule: readonly (readonly Unlocked[])[], t: number): number {
  const last = schedule.map((points) => points.findLast((point) => point.t < t)?.unlocked ?? 0);
  return last.reduce((sum, tokens) => sum + tokens, 0);
}

type Span = Readonly<{ first: number; untilMs: number }>;

/**
 * Market model (MacKinlay 1997): alpha and beta to BTC over days -120..-31, then the log returns beyond it from 7 days
 * before the event to 1 day after, added up. Undefined where days are missing.
 */
async function abnormalReturns(symbol: string, { first, untilMs }: Span, context: FetchContext) {
  const span = { interval: '1d', fromMs: first - 122 * dayMs, toMs: untilMs } as const;
  const returnsOf = async (market: string) => {
    const bars = await closes({ symbol: market, ...span }, context);
    return new Map(bars.slice(1).map(({ openMs, close }, i) => [openMs, Math.log(close / bars[i].close)]));
  };
  const [token, market] = [await returnsOf(`${symbol}USDT`), await returnsOf('BTCUSDT')];
  return (t: number): number | undefined => {
    const pairs = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => t + (from + i) * dayMs).flatMap((day) => {
        const [y, x] = [token.get(day), market.get(day)];
        return x === undefined || y === undefined ? [] : [{ x, y }];
      });
    const before = pairs(-120, -31);
    const around = pairs(-7, 1);
    if (before.length < 90 || around.length < 9) return undefined;
    const line = fitLine(
      before.map(({ x }) => x),
      before.map(({ y }) => y),
    );
    if (line === undefined) return undefined;
    return around.reduce((sum, { x, y }) => sum + y - line.intercept - line.slope * x, 0);
  };
}
