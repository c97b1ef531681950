/**
 * JSON of a venue. Integers beyond 2^53 (order ids of USD-M are) stay text, digit by digit. Undefined where the text is
 * not whole JSON of an object or list.
 */
export function readJson(text: string): unknown {
  try {
    const value: unknown = /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Node 24 gives the source text of a primitive as third argument; TypeScript does not know it yet. */
const keepDigits = (_key: string, value: unknown, context?: Readonly<{ source?: string }>): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (context?.source ?? String(value))
    : value;
