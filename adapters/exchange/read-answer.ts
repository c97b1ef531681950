import { z } from 'zod';
import { units, unitText } from '../../core/orders/amount.ts';
import { VenueError } from '../../core/ports/exchange.ts';
import { parseDecimal } from '../../core/venue/decimal.ts';
import { unitDecimals } from '../../core/orders/amount.ts';

/** A decimal of a venue, text or JSON number, as the shortest text of its value: one value, one text. */
export const decimalText = z
  .union([z.string().max(80), z.number()])
  .transform(String)
  .refine((text) => typeof parseDecimal(text, unitDecimals) === 'bigint', 'a decimal number')
  .transform((text) => unitText(units(text)));

/** An id of a venue: text or integer. */
export const idText = z.union([z.string().min(1).max(80), z.number().int()]).transform(String);

/** A venue's answer through its schema. What does not fit is a failure of kind `unknown`: who sent has to look. */
export function readAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue === undefined ? '' : ` at ${issue.path.map(String).join('.') || 'its top'}: ${issue.message}`;
  throw new VenueError({ kind: 'unknown', code: '', message: `${what}: the answer is not of its known form${at}` });
}
