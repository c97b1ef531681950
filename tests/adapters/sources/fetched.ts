import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type FetchOptions, openFetchHalves } from '../../../adapters/sources/fetch-halves.ts';
import { projectFolder } from '../../../config/paths.ts';
import { loadSources, type SourceSettings } from '../../../config/sources.ts';
import { answering, type Handler, jumpingClock, localProvider } from '../http/local-provider.ts';

export const recorded = (name: string): string =>
  readFileSync(join(projectFolder, 'tests/fixtures/sources', name), 'utf8');

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export const settings = (more: Partial<SourceSettings> = {}): SourceSettings => ({
  ...loadSources(join(projectFolder, 'config')),
  contact: 'desk@example.org',
  ...more,
});

export const keys = {
  FRED_API_KEY: 'fred-key',
  SERPAPI_API_KEY: 'serp-key',
  FMP_API_KEY: 'fmp-key',
  DEFILLAMA_API_KEY: 'llama-key',
  SOSOVALUE_API_KEY: 'soso-key',
};

type Options = FetchOptions & Readonly<{ nowMs?: number }>;

/** Fetches by the half of a plugin from a local server that answers by path. */
export async function fetching(answers: Handler | Readonly<Record<string, unknown>>, options: Options = {}) {
  const local = await localProvider(typeof answers === 'function' ? answers : answering(answers));
  const { nowMs = Date.UTC(2025, 6, 1), ...rest } = options;
  const clock = jumpingClock(nowMs);
  const folder = options.folder ?? temporaryFolder();
  const halves = openFetchHalves({
    network: local.network,
    clock,
    environment: keys,
    settings: settings(),
    folder,
    ...rest,
  });
  const { signal } = new AbortController();
  return { ...local, clock, fetch: (id: string, query: unknown) => halves[id](query, signal) };
}
