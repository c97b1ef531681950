/** Where progress goes: standard error. */
export type Progress = Readonly<{
  /** `done` of `total`; the text says what is being done. */
  update(done: number, total: number, text?: string): void;
  finish(): void;
}>;

const redrawMs = 100;
const plainLineMs = 5_000;

/**
 * Progress of long work with an estimate of what is left: one line redrawn on a terminal, a plain line every five
 * seconds elsewhere. `nowMs` is injectable for tests.
 */
export function createProgress(
  title: string,
  { stream = process.stderr, nowMs = () => performance.now() } = {},
): Progress {
  const startedMs = nowMs();
  const everyMs = stream.isTTY ? redrawMs : plainLineMs;
  let lastMs = stream.isTTY ? -Infinity : startedMs;
  let drawn = false;
  return {
    update(done, total, text = '') {
      const now = nowMs();
      if (now - lastMs < everyMs) return;
      lastMs = now;
      const share = total > 0 ? done / total : 0;
      const left = done > 0 ? `, ${duration(((now - startedMs) / done) * (total - done))} left` : '';
      const line = `${title} ${done}/${total} (${Math.floor(share * 100)} %${left}) ${text}`.trimEnd();
      if (stream.isTTY) stream.write(`\r\u001B[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      else stream.write(`${line}\n`);
      drawn = true;
    },
    finish() {
      if (drawn && stream.isTTY) stream.write('\r\u001B[2K');
    },
  };
}

/** 950 ms, 12.3 s, 4 min 5 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
