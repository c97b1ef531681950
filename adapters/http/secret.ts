import { inspect } from 'node:util';

const hidden = '[redacted]';

/** A key that no print, log, JSON or error shows. `reveal` is called where the request is written, and nowhere else. */
export type Secret = Readonly<{
  reveal: () => string;
  /** The text without the key, plain or as a URL has it. */
  redact: (text: string) => string;
  toString: () => string;
}>;

export function createSecret(value: string): Secret {
  const forms = [...new Set([value, encodeURIComponent(value)])];
  const secret = {
    reveal: () => value,
    redact: (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, hidden), text),
    toJSON: () => hidden,
    toString: () => hidden,
    [inspect.custom]: () => hidden,
  };
  return Object.freeze(secret);
}
