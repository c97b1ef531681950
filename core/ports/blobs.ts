/** Texts under the hash of their content: written once, the same twice changes nothing. */
export type Blobs = Readonly<{
  /** Returns the SHA-256, as 64 lower-case hex digits. */
  put(text: string): Promise<string>;
  /** NotFound where nothing lies under the hash; StoreUnavailable where it is not what was put. */
  get(sha256: string): Promise<string>;
}>;
