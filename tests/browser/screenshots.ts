/**
 * `npm run screenshots`: the pictures of the report in docs/images, light and dark, of the newest run in the store, or
 * of the tests' own run where there is none.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { storeFile } from '../../adapters/store/places.ts';
import { openSqliteStore } from '../../adapters/store/sqlite/index.ts';
import { readPageAssets } from '../../apps/report/assets.ts';
import { loadReport } from '../../apps/report/load.ts';
import type { ReportModel } from '../../apps/report/model.ts';
import { renderReport } from '../../apps/report/render.ts';
import { projectFolder } from '../../config/paths.ts';
import { fixtureModel } from '../apps/report/fixture.ts';
import { startChromium } from './chromium.ts';

/** What fits the width of a README and shows summary, overview and the first strategy's charts. */
const size = { width: 1200, height: 1680 };

async function newestRun(): Promise<ReportModel | undefined> {
  if (!existsSync(storeFile())) return undefined;
  const store = openSqliteStore(storeFile());
  try {
    const [run] = await store.runs(1);
    return run && (await loadReport(store, { runId: run.runId, version: '0.1.0' }));
  } finally {
    store.close();
  }
}

const model = (await newestRun()) ?? (await fixtureModel());
const folder = mkdtempSync(join(tmpdir(), 'nightdesk-screenshots-'));
const browser = await startChromium();
try {
  const file = join(folder, 'report.html');
  writeFileSync(file, renderReport(model, await readPageAssets()));
  for (const look of ['light', 'dark']) {
    const context = await browser.open({ ...size, dark: look === 'dark' });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.locator('article').first().locator('.plot.on .readout').first().waitFor();
    // Two frames after the charts have their size, they are painted.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const path = join(projectFolder, 'docs', 'images', `report-${look}.png`);
    await page.screenshot({ path });
    process.stdout.write(`${path}: run ${model.run.runId}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
