import { inspect } from 'node:util';

const hidden = '[redacted]';

/** A key that no print, log, JSON or error shows. `reveal` is called where the request is written, and nowhere else. */
export type Secret = Readonly<{
  reveal: () => string;
  /** The text without the key, plain or as a URL or JSON has it. Redact first and cut then: a part of a key stays. */
  redact: (text: string) => string;
  toString: () => string;
}>;

const formEncoded = (value: string): string => new URLSearchParams([[value, '']]).toString().slice(0, -1);

export function createSecret(value: string): Secret {
  const forms = [
    ...new Set([value, encodeURIComponent(value), formEncoded(value), JSON.stringify(value).slice(1, -1)]),
  ].filter((form) => form !== '');
  const secret = {
    reveal: () => value,
    redact: (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, hidden), text),
    toJSON: () => hidden,
    toString: () => hidden,
    [inspect.custom]: () => hidden,
  };
  return Object.freeze(secret);
}
