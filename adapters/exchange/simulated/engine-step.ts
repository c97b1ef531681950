/**
 * What a request wants of the matching engine, once it was found in order: it waits there, behind what its account
 * sent before, and is done when its time comes.
 */
export class EngineStep<Result = unknown> {
  readonly match: () => Result;

  constructor(match: () => Result) {
    this.match = match;
  }
}
