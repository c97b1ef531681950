import type { IncomingHttpHeaders } from 'node:http';

/** One request as a venue's gateway sees it. */
export type Call = Readonly<{
  method: string;
  /** Path below the venue's prefix, as `/api/v3/order`. */
  path: string;
  /** Without the question mark, undecoded. */
  query: string;
  body: string;
  headers: IncomingHttpHeaders;
  ip: string;
}>;

export type Answer = Readonly<{
  status: number;
  /** JSON text, or whatever a fault sends. */
  text: string;
  headers?: Readonly<Record<string, string>>;
}>;

export const jsonAnswer = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  text: JSON.stringify(body),
  headers,
});
