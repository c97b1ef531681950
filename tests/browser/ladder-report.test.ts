import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPageAssets } from '../../apps/report/assets.ts';
import { renderReport } from '../../apps/report/render.ts';
import { ladderModel } from '../apps/report/ladder-fixture.ts';
import { type Chromium, type ContextOptions, noChromium, startChromium } from './chromium.ts';

let folder: string;
let browser: Chromium;
let address: string;

/** Drawings whose parts lie outside of their own picture by more than a pixel, and texts that are drawn over each other. */
const misplaced = `[...document.querySelectorAll('.small-drawing')].flatMap((drawing) => {
  const { width, height } = drawing.viewBox.baseVal;
  const texts = [...drawing.querySelectorAll('text')].map((text) => ({ text: text.textContent.trim(), box: text.getBBox() }));
  const outside = texts.filter(({ box }) => box.x < -1 || box.y < -3 || box.x + box.width > width + 1 || box.y + box.height > height + 3);
  const over = texts.filter(({ box: a }, index) => texts.slice(index + 1).some(({ box: b }) =>
    a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 && a.y < b.y + b.height - 2 && b.y < a.y + a.height - 2));
  return [...outside, ...over].map(({ text }) => drawing.closest('section').getAttribute('aria-label') + ': ' + text);
})`;

describe.skipIf(noChromium !== undefined)(`a ladder in Chromium${noChromium ? ` (${noChromium})` : ''}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nightdesk-ladder-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderReport(ladderModel(), await readPageAssets()));
    address = pathToFileURL(file).href;
    browser = await startChromium();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withPage(options: ContextOptions, look: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.open(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(address);
      await look(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  test.each([
    ['a desk', {}],
    ['a desk at night', { dark: true }],
    ['a phone', { width: 375, height: 812, phone: true }],
    ['a page without scripts', { scripts: false }],
  ])('on %s every drawing is seen, nothing is cut or printed over, nothing scrolls sideways', async (_, options) => {
    await withPage(options, async (page) => {
      for (const name of ['Walk-forward', 'Plateau', 'Monte Carlo: other histories', 'Holdout']) {
        const drawing = page.locator('#STR-903').getByRole('region', { name }).locator('.small-drawing');
        const box = await drawing.boundingBox();
        expect([name, (box?.width ?? 0) > 280, (box?.height ?? 0) > 30]).toEqual([name, true, true]);
      }
      if ('scripts' in options) return;
      expect(await page.evaluate(misplaced)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    });
  });

  test('opened tiers and tables do not scroll the page sideways on a phone', async () => {
    await withPage({ width: 375, height: 812, phone: true }, async (page) => {
      await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.locator('#STR-901 .rungs table').count()).toBe(3);
    });
  });

  test('print keeps every drawing, and no panel is torn', async () => {
    await withPage({}, async (page) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.small-drawing:visible').count()).toBe(await page.locator('.small-drawing').count());
      const torn = `[...document.querySelectorAll('.panel')].filter((each) => getComputedStyle(each).breakInside !== 'avoid').length`;
      expect(await page.evaluate(torn)).toBe(0);
    });
  });
});
