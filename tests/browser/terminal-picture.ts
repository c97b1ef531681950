/**
 * `npm run terminal-picture`: runs `npm start -- --exit` on a terminal of its own (`script`, 100 columns) and saves
 * what it printed as docs/images/terminal.png.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../../config/paths.ts';
import { startChromium } from './chromium.ts';

const colours: Readonly<Record<string, string>> = {
  1: 'font-weight:700',
  2: 'opacity:.6',
  31: 'color:#e06c75',
  32: 'color:#98c379',
  33: 'color:#e5c07b',
  35: 'color:#c678dd',
};

const escape = '\u001B';
const colourCode = new RegExp(`(${escape}\\[[\\d;]*m)`);

/** What a terminal shows after a stream of lines, redraws and colours. */
function terminalHtml(stream: string): string {
  const lines = stream.replaceAll('\r\n', '\n').split('\n');
  // A redrawn line (carriage return) shows what was written last; empty ones of finished progress bars are gone.
  const shown = lines.map((line) => line.split('\r').at(-1) ?? '').map((line) => line.replaceAll('\u001B[2K', ''));
  return shown.join('\n').split(colourCode).map(spanOf).join('');
}

function spanOf(piece: string): string {
  if (!piece.startsWith(escape)) return piece.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const style = piece
    .slice(2, -1)
    .split(';')
    .flatMap((code) => colours[code] ?? [])
    .join(';');
  return style === '' ? '</span>' : `<span style="${style}">`;
}

const command = 'stty cols 100; npm start --silent -- --exit';
const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
  cwd: projectFolder,
  encoding: 'utf8',
});
if (status !== 0) throw new Error(`npm start ended with code ${status}: ${stdout.slice(-500)}`);
const page = `<meta charset="utf-8"><style>
  body { margin: 0; background: #1f2329; }
  pre { margin: 0; padding: 20px 24px; color: #d7dae0; font: 13px/1.45 'DejaVu Sans Mono', 'Liberation Mono', monospace; width: max-content; }
</style><pre><b>$ npm start</b>\n${terminalHtml(stdout).trimEnd()}</pre>`;

const browser = await startChromium();
try {
  const context = await browser.open({ width: 900, height: 600 });
  const tab = await context.newPage();
  await tab.setContent(page);
  await tab.locator('pre').screenshot({ path: join(projectFolder, 'docs', 'images', 'terminal.png') });
} finally {
  await browser.close();
}
