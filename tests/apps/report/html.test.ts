import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, html, inlined, jsonBlock } from '../../../apps/report/html.ts';

describe('html', () => {
  test('escapes what it is given and keeps its own markup', () => {
    const name = `<b title="x">'&`;
    expect(html`<i>${name}</i>${[1, html`<hr class="a" />`]}${false}${undefined}`.markup).toBe(
      '<i>&lt;b title=&quot;x&quot;&gt;&#39;&amp;</i>1<hr class="a" />',
    );
  });

  test('no text can leave its element or attribute, or hide its direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)|[\u202A-\u202E\u2066-\u2069]/);
      }),
    );
  });

  test('what turns or ends text is shown as a replacement character', () => {
    expect(escapeText('a\u202Eb\u0000c\u2066')).toBe('a\uFFFDb\uFFFDc\uFFFD');
  });
});

describe('jsonBlock', () => {
  test('no value ends the element, and every value comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('</script>', '<!--<script>', ']]>', ''), (value, nasty) => {
        const { markup } = jsonBlock('x', { value, nasty });
        const inside = markup.slice(markup.indexOf('>') + 1, markup.lastIndexOf('</script>'));
        expect(inside).not.toContain('<');
        expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify({ value, nasty })));
      }),
    );
  });
});

test('a script that would end itself is refused', () => {
  expect(() => inlined('script', 'let a = "</SCRIPT>"')).toThrow('would end itself');
  expect(() => inlined('style', '</style>')).toThrow('would end itself');
});
