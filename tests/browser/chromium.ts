import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const knownPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser that tests drive: CHROMIUM_PATH, else the first of the usual places that exists. */
const chromiumPath: string | undefined = [process.env['CHROMIUM_PATH'], ...knownPlaces].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why browser tests are skipped; undefined where they are not. */
export const noChromium: string | undefined =
  chromiumPath === undefined
    ? 'no Chromium found: set CHROMIUM_PATH, or `apt-get install -y chromium` on Debian'
    : undefined;

const flags = [
  '--no-sandbox', // containers run as root without user namespaces
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
];

export type ContextOptions = Readonly<{
  width?: number;
  height?: number;
  dark?: boolean;
  scripts?: boolean;
  phone?: boolean;
}>;

export type Chromium = Readonly<{
  /** A browser window of its own: no cookies, no cache of another. */
  open(options?: ContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}>;

/** Starts a real headless Chromium with a fresh profile; `close` ends it and removes the profile. */
export async function startChromium(): Promise<Chromium> {
  if (chromiumPath === undefined) throw new Error(noChromium);
  const profile = await mkdtemp(join(tmpdir(), 'nightdesk-chromium-'));
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: flags,
    env: { ...process.env, HOME: profile },
  });
  return {
    open: ({ width = 1280, height = 900, dark = false, scripts = true, phone = false } = {}) =>
      browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: scripts,
        deviceScaleFactor: phone ? 2 : 1,
        isMobile: phone,
        hasTouch: phone,
      }),
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
