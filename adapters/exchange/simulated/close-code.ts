/** The code of a socket that was cut without a closing frame: no frame may carry it. */
const withoutFrame = 1006;

/** Close codes that an endpoint may ask for: those that a frame may carry (RFC 6455, 7.4), and 1006 for a cut. */
export const isCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005) || (code >= 3000 && code <= 4999);

type Closable = Readonly<{ close(code: number): void; terminate(): void }>;

/** Closes a socket from the venue's side, or cuts it where there is no code or the one that no frame may carry. */
export function closeWith(socket: Closable, code: number | undefined): void {
  if (code === undefined || code === withoutFrame) socket.terminate();
  else socket.close(code);
}
