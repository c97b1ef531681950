import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../adapters/http/retry-after.ts';

// RFC 9110, 10.2.3
const now = Date.UTC(1999, 11, 31, 23, 58, 59);

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 60_000],
  ['Fri, 31 Dec 1999 23:00:00 GMT', 0],
])('%s', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));

test.each([undefined, '', 'soon', '-1', '1.5', '1e9', '99999999999', '2000'.repeat(9), '31 Dec'])(
  '%s says nothing',
  (header) => expect(retryAfterMs(header, now)).toBeUndefined(),
);
