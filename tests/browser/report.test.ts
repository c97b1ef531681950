import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPageAssets } from '../../apps/report/assets.ts';
import type { ReportModel } from '../../apps/report/model.ts';
import { renderReport } from '../../apps/report/render.ts';
import { fixtureModel } from '../apps/report/fixture.ts';
import { type Chromium, type ContextOptions, noChromium, startChromium } from './chromium.ts';

let folder: string;
let browser: Chromium;
let model: ReportModel;
let address: string;

/** Shares of a canvas's pixels that differ from its first one, largest first: 0 is a blank canvas. */
const inked = `[...document.querySelectorAll('article .plot canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  return pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length;
}).sort((a, b) => b - a)`;

describe.skipIf(noChromium !== undefined)(`the report in Chromium${noChromium ? ` (${noChromium})` : ''}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nightdesk-page-'));
    model = await fixtureModel();
    const file = join(folder, 'report.html');
    writeFileSync(file, renderReport(model, await readPageAssets()));
    address = pathToFileURL(file).href;
    browser = await startChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page, gives it to `look`, and demands that nothing was asked of a network or complained about. */
  async function withPage(options: ContextOptions, look: (page: Page) => Promise<void>, url = address): Promise<void> {
    const context = await browser.open(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!/^(?:file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(url);
      await look(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const firstChart = async (page: Page) => {
    await page.locator('article').first().scrollIntoViewIfNeeded();
    await page.locator('article').first().locator('.plot.on').nth(1).waitFor();
  };

  test.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['on a phone', { width: 375, height: 812, phone: true }],
  ])('%s: charts are drawn, nothing is complained about, nothing scrolls sideways', async (_, options) => {
    await withPage(options, async (page) => {
      await firstChart(page);
      await expect.poll(async () => (await page.evaluate<number[]>(inked))[0]).toBeGreaterThan(0.01);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    });
  });

  test('light and dark differ, and a change of mind redraws the charts', async () => {
    await withPage({}, async (page) => {
      await firstChart(page);
      const ground = 'getComputedStyle(document.body).backgroundColor';
      const corner = `[...document.querySelector('.plot canvas').getContext('2d').getImageData(2, 2, 1, 1).data].join()`;
      expect(await page.evaluate(ground)).toBe('rgb(255, 255, 255)');
      const before = await page.evaluate(corner);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await page.evaluate(ground)).toBe('rgb(16, 20, 24)');
      await expect.poll(() => page.evaluate(corner)).not.toBe(before);
    });
  });

  test('charts exist only near what is seen', async () => {
    await withPage({}, async (page) => {
      await firstChart(page);
      expect(await page.locator('.plot').count()).toBe(24);
      expect(await page.locator('.plot.on').count()).toBeLessThanOrEqual(6);
      await page.locator('article').last().scrollIntoViewIfNeeded();
      await page.locator('article').last().locator('.plot.on').first().waitFor();
      await page.locator('article').first().locator('.plot:not(.on)').nth(1).waitFor();
    });
  });

  test('a trade is shown on its chart, by keyboard too', async () => {
    await withPage({}, async (page) => {
      await firstChart(page);
      const article = page.locator('article').first();
      const readout = article.locator('.plot[data-chart="price"] .readout');
      await expect.poll(() => readout.textContent()).toContain('(1d)');
      await article.locator('details.trades summary').focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect.poll(() => readout.textContent()).toMatch(/\((?:1h|2h)\)/);
      await expect.poll(() => page.evaluate('document.activeElement.className')).toContain('plot');
      await article.getByRole('button', { name: 'All' }).click();
      await expect.poll(() => readout.textContent()).toContain('(1d)');
    });
  });

  test('the overview sorts by a number, with what has none at the end', async () => {
    await withPage({}, async (page) => {
      await page.getByRole('button', { name: 'Sort by Sharpe' }).press('Enter');
      const values = await page
        .locator('.overview tbody td[data-label="Sharpe"]')
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-value') ?? ''));
      const numbers = values.filter((value) => value !== '').map(Number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
      expect(values.slice(numbers.length).every((value) => value === '')).toBe(true);
      expect(numbers.length).toBeLessThan(values.length);
      expect(await page.locator('th[aria-sort="descending"]').textContent()).toContain('Sharpe');
    });
  });

  test('without scripts every number and a drawing of each curve are there', async () => {
    await withPage({ scripts: false }, async (page) => {
      expect(await page.locator('.plot svg.drawing path.line').count()).toBe(12);
      const text = await page.locator('main').innerText();
      for (const { strategyId } of model.strategies) expect(text).toContain(strategyId);
      expect(text).toContain('Maximum drawdown');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByText('trades as CSV').first().click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^STR-\d+-trades\.csv$/);
    });
  });

  test('print gives a page a strategy, drawn and not live', async () => {
    await withPage({}, async (page) => {
      await firstChart(page);
      const pdf = await page.pdf({ format: 'A4', printBackground: true });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      const counts = [...pdf.toString('latin1').matchAll(/\/Count (\d+)/g)].map(([, count]) => Number(count));
      const pages = Math.max(...counts);
      expect(pages).toBeGreaterThanOrEqual(13);
      expect(pages).toBeLessThanOrEqual(28);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.live:visible').count()).toBe(0);
      expect(await page.locator('.drawing:visible').count()).toBe(24);
    });
  });

  test('hostile text runs nothing', async () => {
    const nasty = `</script><img src=x onerror="document.title='owned'"><svg onload="document.title='owned'">`;
    const strategies = model.strategies.map((report) => ({ ...report, name: nasty, hypothesis: nasty }));
    const file = join(folder, 'hostile.html');
    writeFileSync(file, renderReport({ ...model, strategies }, await readPageAssets()));
    await withPage(
      {},
      async (page) => {
        expect(await page.title()).toContain('L0 validation');
        expect(await page.locator('main img').count()).toBe(0);
        expect(await page.locator('article h2 bdi').first().textContent()).toBe(nasty);
      },
      pathToFileURL(file).href,
    );
  });
});
