import { DeskError } from '../../core/errors.ts';

/** Markup that is safe to put into the page as it is: made by `html`, never from text of others. */
export type Html = Readonly<{ markup: string }>;

type Part = Html | string | number | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Control characters, and those that turn the direction of the text around them, could show something else than is there.
// oxlint-disable-next-line no-control-regex
const disguises = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g;

/** Text as it may stand in an element or between the quotes of an attribute. */
export const escapeText = (text: string): string =>
  text.replace(disguises, '\uFFFD').replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Joins markup and escapes every value that is not markup itself. Undefined and false leave nothing behind. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    markup: unindented(strings)
      .map((text, index) => text + markupOf(parts[index]))
      .join(''),
  };
}

const known = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Templates without their indentation, which is a quarter of a page otherwise. What is put into them stays as it is. */
function unindented(strings: TemplateStringsArray): readonly string[] {
  const before = known.get(strings);
  if (before !== undefined) return before;
  const texts = strings.map((text) => text.replaceAll(/\n\s+/g, '\n'));
  known.set(strings, texts);
  return texts;
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

/** A style sheet or script of our own, byte for byte, so that its hash in the content security policy holds. */
export function inlined(element: 'style' | 'script', text: string): Html {
  if (new RegExp(`</${element}`, 'i').test(text)) throw new DeskError('Internal', `a ${element} would end itself`);
  return { markup: `<${element}>${text}</${element}>\n` };
}

/** A block of data for the page's script. No `<` survives, so nothing in it can end the element. */
export const jsonBlock = (id: string, value: unknown): Html => ({
  markup: `<script type="application/json" id="${escapeText(id)}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>\n`,
});
