/** A refusal in Kraken's words; Kraken says no with HTTP 200. */
export class KrakenError extends Error {
  readonly status: number;

  constructor(message: string, status = 200) {
    super(message);
    this.status = status;
  }
}

export const invalidArgument = (name: string) => new KrakenError(`EGeneral:Invalid arguments:${name}`);
