import { jsonAnswer, type Answer } from '../call.ts';

/** A refusal in Binance's words. */
export class BinanceError extends Error {
  readonly code: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export const errorBody = ({ code, message }: BinanceError) => ({ code, msg: message });

export const errorAnswer = (error: BinanceError): Answer => jsonAnswer(errorBody(error), error.status, error.headers);

export const missing = (name: string) =>
  new BinanceError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
