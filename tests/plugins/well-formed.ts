import { expect } from 'vitest';

const tag = /<(\/?)([a-zA-Z][\w:-]*)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g;

/** Every tag is closed in order, every attribute quoted, every & an entity: what an XML parser would refuse. */
export function expectWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, end, name, alone] of xml.matchAll(tag)) {
    if (end === '/') expect(open.pop()).toBe(name);
    else if (alone !== '/') open.push(name ?? '');
  }
  expect(open).toEqual([]);
  expect(xml.replaceAll(tag, '')).not.toContain('<');
  expect(xml.match(/&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/)).toBeNull();
}
