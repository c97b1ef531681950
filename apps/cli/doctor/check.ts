/** What one check of `nightdesk doctor` found. `broken` means that the desk cannot work; `warn` that it could be better. */
export type Check = Readonly<{
  name: string;
  state: 'ok' | 'warn' | 'broken';
  /** What is there. */
  found: string;
  /** What to do about it; only where something is to be done. */
  advice?: string;
}>;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
