import { DeskError } from '../../core/errors.ts';
import type { Answer } from './exchange.ts';
import type { AcceptedType } from './provider.ts';

const types: Readonly<Record<AcceptedType, RegExp>> = {
  json: /^application\/(?:[\w.-]+\+)?json$/,
  csv: /^(?:text\/csv|text\/plain|application\/csv|(?:application|binary)\/octet-stream|application\/vnd\.ms-excel)$/,
  text: /^text\//,
};

/** Refuses an answer of another type than was asked for: an error page is no data, whatever its status. */
export function refuseUnlessType({ headers }: Answer, accept: AcceptedType, provider: string): void {
  const type = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (types[accept].test(type)) return;
  throw new DeskError('SourceChanged', `${provider} answers with something else`, {
    expected: accept.toUpperCase(),
    found: type === '' ? 'no content type' : type,
  });
}
