import { DeskError, type ErrorCode, type ErrorDocument, errorDocument, errorLine, errorRules } from './errors.ts';

/** What Temporal's `ApplicationFailure.create` takes; declared here because core knows no package. */
export type FailureOptions = Readonly<{
  message: string;
  type: ErrorCode;
  nonRetryable: boolean;
  details: ErrorDocument[];
}>;

/** A thrown error as an application failure: its code is the type, the table of codes decides about retries. */
export function failureOptions(thrown: unknown): FailureOptions {
  const document = errorDocument(thrown);
  return {
    message: errorLine(document),
    type: document.code,
    nonRetryable: !errorRules[document.code].retryable,
    details: [document],
  };
}

/** The DeskError that an application failure was made of; undefined when it was made of something else. */
export function deskErrorOf(details: readonly unknown[] | null | undefined): DeskError | undefined {
  const document = details?.[0];
  if (typeof document !== 'object' || document === null || !('code' in document) || !('message' in document)) {
    return undefined;
  }
  const { code, message, ...place } = document as ErrorDocument;
  return Object.hasOwn(errorRules, code) ? new DeskError(code, message, place) : undefined;
}
