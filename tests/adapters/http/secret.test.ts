import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSecret } from '../../../adapters/http/secret.ts';

test('no way to print a secret shows it', () => {
  const secret = createSecret('k/e y');
  const prints = [
    secret.toString(),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true }),
  ];
  for (const print of prints) expect(print).not.toContain('k/e y');
  expect(secret.redact('at /k/e y/x?key=k%2Fe%20y')).toBe('at /[redacted]/x?key=[redacted]');
  expect(secret.reveal()).toBe('k/e y');
});

test.each([
  ['as it is', 'k"/e y', 'at k"/e y.'],
  ['as a path has it', 'k"/e y', 'at k%22%2Fe%20y.'],
  ['as a query has it', 'k"/e y', 'at k%22%2Fe+y.'],
  ['as JSON has it', 'k"/e y', 'at k\\"/e y.'],
])('redacts a key %s', (_, key, text) => {
  expect(createSecret(key).redact(text)).toBe('at [redacted].');
});

test('an empty key redacts nothing', () => {
  expect(createSecret('').redact('a text')).toBe('a text');
});
