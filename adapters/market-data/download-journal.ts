import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { HistoryBar } from './candle-history.ts';

const header = 'timestamp,open,high,low,close,volume\n';

/**
 * Bars on their way into the store: a CSV that only grows, on disk after every page. Whoever is killed leaves a file
 * whose whole lines are good; `readWhole` drops a line that was not finished.
 */
export type DownloadJournal = Readonly<{
  file: string;
  append(bars: readonly HistoryBar[]): void;
  /** Bars in it, of this process and of one before it. */
  count(): number;
  clear(): void;
}>;

export function openJournal(file: string): DownloadJournal {
  mkdirSync(dirname(file), { recursive: true });
  let bars = existsSync(file) ? keepWholeLines(file) : 0;
  return {
    file,
    count: () => bars,
    append: (rows) => {
      if (rows.length === 0) return;
      const text = rows
        .map(({ openMs, open, high, low, close, volume }) => `${openMs},${open},${high},${low},${close},${volume}\n`)
        .join('');
      const descriptor = openSync(file, 'a');
      try {
        const bytes = Buffer.from(bars === 0 ? header + text : text);
        for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      bars += rows.length;
    },
    clear: () => {
      rmSync(file, { force: true });
      bars = 0;
    },
  };
}

/** Cuts off what comes after the last line end and says how many bars are left. */
function keepWholeLines(file: string): number {
  const text = readFileSync(file, 'latin1');
  const whole = text.lastIndexOf('\n') + 1;
  if (!text.startsWith(header) || whole <= header.length) {
    rmSync(file, { force: true });
    return 0;
  }
  if (whole < text.length) {
    const descriptor = openSync(file, 'r+');
    try {
      ftruncateSync(descriptor, whole);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
  return text.slice(header.length, whole).split('\n').length - 1;
}

/** Takes out the bars of times that are in the store by now: somebody else may have put them there. */
export function dropStored({ file, count }: DownloadJournal, stored: ReadonlySet<number>): void {
  if (count() === 0 || stored.size === 0) return;
  const lines = readFileSync(file, 'latin1').split('\n');
  const kept = lines.filter((line, index) => index === 0 || line === '' || !stored.has(Number(line.split(',')[0])));
  if (kept.length < lines.length) writeFileSync(file, kept.join('\n'));
}
