import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../../adapters/market-data/atomic-file.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { stateFolder } from '../../config/paths.ts';
import { readPageAssets } from './assets.ts';
import { loadReport, type ReportRequest } from './load.ts';
import { renderReport } from './render.ts';
import { countStatuses, type StatusCounts } from './summary.ts';

export type WrittenReport = Readonly<{
  runId: string;
  file: string;
  bytes: number;
  strategies: number;
  verdicts: StatusCounts;
}>;

/** Writes a run's report to `out`, by default `<state>/reports/<runId>.html`: the whole file or nothing. */
export async function writeReport(request: ReportRequest & Readonly<{ out?: string }>): Promise<WrittenReport> {
  const store = await openStore();
  try {
    const model = await loadReport(store, request);
    const page = renderReport(model, await readPageAssets());
    const { runId } = model.run;
    const file = resolve(request.out ?? join(stateFolder(), 'reports', `${runId.replaceAll(/[^\w.-]/g, '_')}.html`));
    await replaceFile(file, (temporary) => writeFile(temporary, page));
    const bytes = Buffer.byteLength(page);
    return { runId, file, bytes, strategies: model.strategies.length, verdicts: countStatuses(model.strategies) };
  } finally {
    store.close();
  }
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Opens a file with what the desktop opens such files with; resolves to false where there is no such program. */
export function openFile(file: string): Promise<boolean> {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, file], { detached: true, stdio: 'ignore' });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('spawn', () => {
      child.unref();
      done(true);
    });
  });
}
