import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A state folder of its own for each test, and a folder for files beside it; both are deleted afterwards. */
export function useTemporaryHome(): { readonly home: string; readonly folder: string } {
  const paths = { home: '', folder: '' };
  const before = process.env['NIGHTDESK_HOME'];
  beforeEach(() => {
    paths.home = mkdtempSync(join(tmpdir(), 'nightdesk-home-'));
    paths.folder = mkdtempSync(join(tmpdir(), 'nightdesk-files-'));
    process.env['NIGHTDESK_HOME'] = paths.home;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['NIGHTDESK_HOME'];
    else process.env['NIGHTDESK_HOME'] = before;
    rmSync(paths.home, { recursive: true, force: true });
    rmSync(paths.folder, { recursive: true, force: true });
  });
  return paths;
}

/** CSV of hourly bars from 2025-01-01 UTC, one a number: its close; the other prices lie around it. */
export function hourlyCsv(closes: readonly number[], startMs = Date.UTC(2025, 0, 1)): string {
  const rows = closes.map(
    (close, index) => `${startMs + index * 3_600_000},${close},${close * 1.1},${close * 0.9},${close},10`,
  );
  return ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n');
}
