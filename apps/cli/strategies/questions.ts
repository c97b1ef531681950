import { createInterface } from 'node:readline';
import { DeskError } from '../../../core/errors.ts';

/** Asks until the answer passes the check; the fallback is taken for an empty answer. */
export type Ask = (
  question: string,
  options: Readonly<{ fallback?: string; check?: (answer: string) => string | undefined }>,
) => Promise<string>;

/**
 * Questions to a person at a terminal; they go to standard error, so that standard output is the result alone. Lines
 * that come before they are asked for (a paste) wait for their question.
 */
export function openQuestions(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): { ask: Ask; close: () => void } {
  const terminal = createInterface({ input, output });
  const lines = terminal[Symbol.asyncIterator]();
  let open = true;
  terminal.once('close', () => (open = false));
  terminal.once('SIGINT', () => terminal.close());
  const ask: Ask = async (question, { fallback, check }) => {
    for (;;) {
      terminal.setPrompt(fallback === undefined ? `${question}: ` : `${question} [${fallback}]: `);
      if (open) terminal.prompt();
      const line = await lines.next();
      if (line.done) throw new DeskError('Cancelled', 'stopped before the last answer; nothing was written');
      const typed = line.value.trim();
      const answer = typed === '' ? (fallback ?? '') : typed;
      const wrong = check?.(answer);
      if (wrong === undefined) return answer;
      output.write(`  ${wrong}\n`);
    }
  };
  return { ask, close: () => terminal.close() };
}
