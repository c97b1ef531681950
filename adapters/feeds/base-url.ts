import { DeskError } from '../../core/errors.ts';

/** The root of a simulated exchange as `--base-url` says it, without a slash at its end. */
export function checkBaseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new DeskError('Usage', 'this is no address', {
    path: '--base-url',
    expected: 'the root of a simulated exchange as http://127.0.0.1:7711/bspot',
    found: text,
  });
}
