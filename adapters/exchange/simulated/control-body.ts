import { isIP } from 'node:net';
import { z } from 'zod';
import { isCloseCode } from './close-code.ts';
import { faultKinds } from './faults.ts';
import { venueNames } from './markets.ts';

/** What a controller got wrong; answered as 400. */
export class ControlError extends Error {}

const text = z.string().min(1, 'expected a text');

const amountWords = 'expected a number or a decimal text';

/** A number, or a decimal as text: read as text, so that its digits stay as they were sent. */
const amount = z.union(
  [
    z.number().transform(String),
    z
      .string()
      .trim()
      .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i, amountWords),
  ],
  amountWords,
);

const milliseconds = z.number('expected a number').nonnegative('expected a number from 0 on');

const closeCode = z
  .int()
  .refine(
    isCloseCode,
    'expected 1000 to 1014 without 1004 and 1005, or 3000 to 4999; 1006 cuts the socket without a closing frame',
  );

const match = z.strictObject({
  venue: text.exactOptional(),
  path: text.exactOptional(),
  method: text.exactOptional(),
  stream: text.exactOptional(),
  account: text.exactOptional(),
  symbol: text.exactOptional(),
});

const fault = z
  .strictObject({
    kind: z.enum(faultKinds, `expected ${faultKinds.join(', ')}`),
    match: match.exactOptional(),
    p: z.number().gt(0).lte(1).exactOptional(),
    count: z.int().positive().exactOptional(),
    fromMs: z.number().exactOptional(),
    toMs: z.number().exactOptional(),
    args: z
      .strictObject({
        ms: z.number().exactOptional(),
        status: z.int().min(100).max(599).exactOptional(),
        retryAfter: z.number().nonnegative().exactOptional(),
        html: z.boolean().exactOptional(),
        code: closeCode.exactOptional(),
        mode: z.enum(['online', 'cancel_only', 'post_only', 'maintenance']).exactOptional(),
      })
      .exactOptional(),
  })
  // Only a clock may stand back; every other time is a length.
  .refine(({ kind, args }) => kind === 'clock-skew' || (args?.ms ?? 0) >= 0, {
    path: ['args', 'ms'],
    error: 'expected a number from 0 on',
  })
  // Both last: a clock until it is set again, a mode until it is cleared or its time is over; one clock is all venues'.
  .refine(({ kind, count }) => count === undefined || (kind !== 'clock-skew' && kind !== 'maintenance'), {
    path: ['count'],
    error: 'expected none, because this kind lasts',
  })
  .refine(
    ({ kind, match: at, p, fromMs, toMs }) =>
      kind !== 'clock-skew' || [at, p, fromMs, toMs].every((given) => given === undefined),
    { error: 'clock-skew: expected args.ms alone, because it is set at once and for all' },
  )
  .refine(({ fromMs = -Infinity, toMs = Infinity }) => fromMs <= toMs, {
    path: ['toMs'],
    error: 'expected a time after fromMs',
  });

/** The body of each call, whole: what is not known is refused rather than ignored. */
export const controlBodies = {
  nothing: z.strictObject({}),
  advance: z.strictObject({ ms: milliseconds }),
  fault,
  disconnect: z.strictObject({
    match: z.union([z.string(), match.pick({ venue: true, path: true, account: true })]).exactOptional(),
    code: closeCode.exactOptional(),
  }),
  price: z.strictObject({ symbol: text, price: amount }),
  orderAs: z.strictObject({
    venue: z.enum(venueNames, `expected ${venueNames.join(', ')}`),
    symbol: text,
    side: z.enum(['buy', 'sell'], 'expected buy or sell'),
    quantity: amount,
    price: amount.exactOptional(),
    account: text.exactOptional(),
  }),
  account: z.strictObject({ id: text, trade: z.boolean().exactOptional(), withdraw: z.boolean().exactOptional() }),
  ban: z
    .strictObject({
      account: text.exactOptional(),
      ip: text.refine((address) => isIP(address) !== 0, 'expected an IP address').exactOptional(),
      ms: milliseconds,
    })
    .refine(({ account, ip }) => (account === undefined) !== (ip === undefined), {
      error: 'expected either account or ip',
    }),
} as const;

export type OrderAsBody = z.infer<typeof controlBodies.orderAs>;
export type DisconnectBody = z.infer<typeof controlBodies.disconnect>;

/** A body as its call wants it; the first thing that is wrong with it is said. */
export function readBody<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new ControlError(where + (issue?.message ?? 'not understood').replace(/^Invalid \w+: /, ''));
}
