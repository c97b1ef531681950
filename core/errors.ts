/**
 * Every way in which the desk says no: one closed union, one table.
 * `ApplicationFailure.type` is the code, so retry policies, faces and people speak of the same thing.
 */

/** Who can do something about it: the person at the keyboard, whoever runs the machines, or we who write the code. */
export type Actor = 'user' | 'operator' | 'developer';

type ErrorRule = Readonly<{ actor: Actor; retryable: boolean; exitCode: 1 | 2 | 3; meaning: string }>;

const rules = {
  BadInput: {
    actor: 'user',
    retryable: false,
    exitCode: 2,
    meaning: 'a file, value or argument is not what it has to be',
  },
  Usage: { actor: 'user', retryable: false, exitCode: 2, meaning: 'the command line is not understood' },
  NotFound: { actor: 'user', retryable: false, exitCode: 2, meaning: 'nothing is known under that name' },
  DataUnavailable: { actor: 'user', retryable: false, exitCode: 1, meaning: 'the bars that are needed are not there' },
  NotReachable: { actor: 'operator', retryable: true, exitCode: 3, meaning: 'a server does not answer' },
  NotAuthorized: {
    actor: 'user',
    retryable: false,
    exitCode: 2,
    meaning: 'a key that a provider wants is not set, or not accepted',
  },
  RateLimited: {
    actor: 'operator',
    retryable: true,
    exitCode: 3,
    meaning: 'a provider takes no more requests for now',
  },
  SourceChanged: {
    actor: 'developer',
    retryable: false,
    exitCode: 1,
    meaning: 'a provider answers something else than it is known to',
  },
  StoreUnavailable: { actor: 'operator', retryable: true, exitCode: 1, meaning: 'the store cannot be read or written' },
  StoreTooNew: {
    actor: 'operator',
    retryable: false,
    exitCode: 1,
    meaning: 'the store was written by a newer version',
  },
  ProviderFailed: {
    actor: 'operator',
    retryable: false,
    exitCode: 1,
    meaning: 'a program that is needed could not be had',
  },
  ResourceExhausted: {
    actor: 'operator',
    retryable: false,
    exitCode: 1,
    meaning: 'memory, disk or another stated limit was reached',
  },
  OrderStateUnknown: {
    actor: 'operator',
    retryable: true,
    exitCode: 1,
    meaning: 'what came of an order is not known yet, and is being looked for',
  },
  TimedOut: { actor: 'operator', retryable: true, exitCode: 1, meaning: 'it took longer than its limit' },
  Cancelled: { actor: 'user', retryable: false, exitCode: 1, meaning: 'somebody stopped it' },
  WorkerCrashed: {
    actor: 'operator',
    retryable: true,
    exitCode: 1,
    meaning: 'the thread or process that did the work died',
  },
  Internal: {
    actor: 'developer',
    retryable: false,
    exitCode: 1,
    meaning: 'a promise that the code makes to itself was broken',
  },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof rules;

export const errorRules: Readonly<Record<ErrorCode, ErrorRule>> = rules;

export const errorCodes = Object.keys(rules) as readonly ErrorCode[];

/** Codes whose work is never worth another try: for `retry.nonRetryableErrorTypes`. */
export const nonRetryableCodes: readonly ErrorCode[] = errorCodes.filter((code) => !rules[code].retryable);

export const isErrorCode = (text: unknown): text is ErrorCode => typeof text === 'string' && Object.hasOwn(rules, text);

/** Where it is wrong and what would have been right; every field is for people and for `--json` alike. */
export type ErrorPlace = Readonly<{
  file?: string;
  /** 1-based line of the file. */
  line?: number;
  /** Path of the field inside the file or value, as `parameters.fast.min`. */
  path?: string;
  expected?: string;
  found?: string;
  /** The nearest name that is known, where a name was not. */
  nearest?: string;
}>;

/** The JSON that every face prints for a failure. */
export type ErrorDocument = Readonly<{ code: ErrorCode; message: string }> & ErrorPlace;

/** An error of the closed union. Anything else that is thrown is a defect (`Internal`). */
export class DeskError extends Error {
  override readonly name = 'DeskError';
  readonly code: ErrorCode;
  readonly place: ErrorPlace;

  constructor(code: ErrorCode, message: string, place: ErrorPlace & { cause?: unknown } = {}) {
    const { cause, ...rest } = place;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = rest;
  }
}

/** The document of any thrown thing; what is no DeskError is `Internal`. */
export function errorDocument(thrown: unknown): ErrorDocument {
  if (thrown instanceof DeskError) return { code: thrown.code, message: thrown.message, ...thrown.place };
  return { code: 'Internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** One line for people: `file:line path: what was wrong, expected …, found … (did you mean …?)`. */
export function errorLine({
  file,
  line,
  path,
  message,
  expected,
  found,
  nearest,
}: Omit<ErrorDocument, 'code'>): string {
  const where = [file === undefined ? '' : line === undefined ? file : `${file}:${line}`, path ?? '']
    .filter(Boolean)
    .join(' ');
  const what = [message, expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
  return `${where ? `${where}: ` : ''}${what}${nearest ? ` (did you mean ${nearest}?)` : ''}`;
}
