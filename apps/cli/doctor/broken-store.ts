import { databaseUrl } from '../../../config/paths.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import type { Check } from './check.ts';

/** What to do about a store that cannot be read, by where it is. */
export type StoreAdvice = Readonly<{ shared: string; file: string }>;

/** A store that does not open or cannot be read. */
export function brokenStore(name: string, thrown: unknown, { shared, file }: StoreAdvice): Check {
  const document = errorDocument(thrown);
  const where = databaseUrl() === undefined ? file : shared;
  const advice = document.code === 'StoreTooNew' ? 'update this checkout to the version that wrote it' : where;
  return { name, state: 'broken', found: errorLine(document), advice };
}
