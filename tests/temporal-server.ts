import { beforeEach, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    testServerDesk: string;
  }
}

export type TestServerAnswer = Readonly<{ address: string; pid: number } | { failed: string }>;

/** Why tests that need the server are skipped in this run; undefined when they run. */
export const noServerReason: string | undefined = process.env['NIGHTDESK_NO_SERVER']
  ? 'NIGHTDESK_NO_SERVER is set'
  : undefined;

/** Skips the tests of its group, with the reason, where there is no server in this run. */
export function needsServer(): void {
  beforeEach(({ skip }) => skip(noServerReason !== undefined, noServerReason));
}

/**
 * The address of the development server that all tests of a run share; the first call starts it (about 0.4 s). Each
 * test uses a task queue of its own.
 */
export async function temporalServer(): Promise<Readonly<{ address: string; pid: number }>> {
  const answer = (await (await fetch(inject('testServerDesk'))).json()) as TestServerAnswer;
  if ('failed' in answer) throw new Error(`no Temporal server for tests: ${answer.failed}`);
  return answer;
}
