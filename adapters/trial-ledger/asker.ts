import { userInfo } from 'node:os';

/** Who asks, as the trial ledger writes it down: NIGHTDESK_USER, else the name of the account. */
export function asker(): string {
  const given = process.env['NIGHTDESK_USER'];
  if (given !== undefined && given.trim() !== '') return given.trim();
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // an account without a name, as in some containers
  }
}
