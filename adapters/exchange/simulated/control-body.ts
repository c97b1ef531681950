/** What a controller got wrong; answered as 400. */
export class ControlError extends Error {}

export type Body = Readonly<Record<string, unknown>>;

export function numberIn(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ControlError(`${name}: expected a number, found ${String(value)}`);
  }
  return value;
}

export function textIn(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') {
    throw new ControlError(`${name}: expected a text, found ${String(value)}`);
  }
  return value;
}
