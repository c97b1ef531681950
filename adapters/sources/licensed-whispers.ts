import { z } from 'zod';
import { DeskError } from '../../core/errors.ts';
import type { FetchContext } from './fetch-half.ts';
import { numberOrText, readDay, readJson, readValue, refuseRepeats } from './read-answer.ts';

/** A whisper of a report, and the price of the share before it. */
export type Whisper = Readonly<{ date: string; whisper: number; price: number }>;

const row = z.object({
  date: z.string(),
  whisper: numberOrText,
  price: numberOrText,
});

const pathOf = (i: number) => `answer[${i}].date`;

/** Whispers of the endpoint that the user has a licence for, as config/sources.yaml describes it. */
export async function licensedWhispers(symbol: string, { get, keyIn, settings }: FetchContext): Promise<Whisper[]> {
  const endpoint = settings.whispers;
  if (endpoint === undefined) {
    const expected = 'query.whispers with a file of your own, or `whispers:` in config/sources.yaml with an endpoint';
    throw new DeskError('NotAuthorized', 'whispers have no public source', { path: 'query.whispers', expected });
  }
  const {
    hostname: host,
    pathname: path,
    searchParams,
  } = new URL(endpoint.url.replaceAll('{symbol}', encodeURIComponent(symbol)));
  const provider = { name: 'whispers', hosts: [host], limit: { requests: 1, perMs: 1_000 } };
  const value = keyIn({ provider: 'whispers', name: endpoint.key, origin: `the one who licenses ${host}` });
  const query = Object.fromEntries(searchParams);
  const secret = { value, place: { header: endpoint.header } };
  const answer = readJson(await get(provider, { host, path, query, secret, accept: 'json' }), z.unknown(), {
    provider: host,
  });
  const rows = readValue(at(answer, endpoint.rows), z.array(z.unknown()).min(1), {
    provider: host,
    root: ['answer', endpoint.rows].filter(Boolean).join('.'),
  });
  const { fields } = endpoint;
  const whispers = rows.map((given, i) => {
    const found = { date: at(given, fields.date), whisper: at(given, fields.whisper), price: at(given, fields.price) };
    const read = readValue(found, row, { provider: host, root: `answer[${i}]` });
    const t = readDay(read.date, { provider: host, path: pathOf(i) });
    return { ...read, date: new Date(t).toISOString().slice(0, 10) };
  });
  const dates = whispers.map(({ date }) => date);
  refuseRepeats(dates, { provider: host, pathOf });
  return whispers;
}

/** The value at `a.b`; undefined where there is none. */
function at(value: unknown, path: string | undefined): unknown {
  const names = path?.split('.') ?? [];
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
