import { DeskError } from '../../core/errors.ts';

/** Reads a port of the command line: 1 to 65535. */
export const portOption =
  (name: string) =>
  (text: string): number => {
    const port = Number(text);
    if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
    throw new DeskError('Usage', 'not a port', { path: name, expected: 'a number from 1 to 65535', found: text });
  };
