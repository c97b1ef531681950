import pc from 'picocolors';
import { errorDocument, errorLine, errorRules } from '../../core/errors.ts';

/** The one JSON document of a `--json` run, on standard output. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** A line for people on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Progress, notices and logs: standard error, so that standard output stays what was asked for. */
export function notice(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints a failure for people (standard error) or as `{error}` (standard output), and returns the exit code. */
export function printFailure(thrown: unknown, json: boolean): number {
  const document = errorDocument(thrown);
  if (json) printJson({ error: document });
  else notice(`${pc.red('error')} ${errorLine(document)}`);
  if (document.code === 'Internal' && thrown instanceof Error && !json) notice(pc.dim(String(thrown.stack)));
  return errorRules[document.code].exitCode;
}
