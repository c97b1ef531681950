import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type HeapProfiler, Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPlugin } from '../plugins/run-plugin.ts';
import type { BenchRow } from './measure.ts';
import { alphaCases } from './plugins/alpha-cases.ts';
import { diagCases } from './plugins/diag-cases.ts';
import { featureStoreRows } from './plugins/feature-store.ts';
import { feCases } from './plugins/fe-cases.ts';
import { caseKey, type PluginCase } from './plugins/plugin-case.ts';
import { riskCases } from './plugins/risk-cases.ts';

const families = { alpha: alphaCases, risk: riskCases, fe: feCases, diag: diagCases };

/**
 * Each plugin on the size that its entry's `complexity` names: `compute` alone, after validation; time, what it
 * allocates, and its Python oracle on the same input where a Python that has it is found (NIGHTDESK_PEER_PYTHON, else
 * python3).
 */
export async function benchPlugins(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [family, casesOf] of Object.entries(families)) {
    const cases = casesOf();
    const oracles = oracleTimes(family, cases);
    for (const each of cases) rows.push(await rowOf(each, oracles[caseKey(each)]));
  }
  return [...rows, ...(await featureStoreRows())];
}

async function rowOf(each: PluginCase, oracle: Oracle | undefined): Promise<BenchRow> {
  const work = computeOf(each);
  const seconds = timed(work);
  const best = Math.min(...seconds);
  const ratio = oracle === undefined ? undefined : oracle.seconds / best;
  return {
    what: caseKey(each),
    seconds,
    allocatedMb: await allocatedMb(work),
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ...(oracle !== undefined && { peer: oracle }),
    ...(ratio !== undefined && { ratio }),
    ...goalOf(each, { best, ratio }),
  };
}

/** The goals in words, and which of them were missed in this run. */
function goalOf(
  { goalMs, ratio: leastRatio }: PluginCase,
  { best, ratio }: Readonly<{ best: number; ratio: number | undefined }>,
): Pick<BenchRow, 'goal' | 'notes'> {
  const goals = [
    ...(goalMs === undefined ? [] : [{ text: `under ${goalMs} ms`, met: best * 1000 <= goalMs }]),
    ...(leastRatio === undefined
      ? []
      : [{ text: ratioText(leastRatio), met: ratio === undefined || ratio >= leastRatio }]),
  ];
  const missed = goals.filter(({ met }) => !met).map(({ text }) => `missed: ${text}`);
  return {
    ...(goals.length > 0 && { goal: goals.map(({ text, met }) => (met ? text : `${text} (missed)`)).join(', ') }),
    ...(missed.length > 0 && { notes: missed }),
  };
}

const ratioText = (least: number) => (least < 1 ? `within ${1 / least} x compiled code` : `at least ${least} x`);

function computeOf({ id, input, params }: PluginCase): () => unknown {
  const { plugin } = findPlugin(id);
  const [given, terms] = [plugin.input.parse(input), plugin.params.parse(params)];
  const { compute } = plugin as { compute?: (input: unknown, params: unknown) => unknown };
  if (compute === undefined) throw new Error(`${id} computes nothing`);
  return () => compute(given, terms);
}

const warmSeconds = 0.15;
const leastSampleSeconds = 0.002;
const leastSamples = 5;
const mostSamples = 100;
const sampledSeconds = 0.4;

/**
 * Seconds of one call, after a warm-up: at least five times, and more often where that takes no time, as the best of
 * many is what a busy machine disturbs least. Work too short to be timed is repeated within a sample.
 */
function timed(work: () => unknown): number[] {
  const secondsOf = (calls: number) => {
    const started = performance.now();
    for (let call = 0; call < calls; call += 1) work();
    return (performance.now() - started) / 1000;
  };
  let [calls, spent] = [1, 0];
  while (spent < warmSeconds) {
    const seconds = secondsOf(calls);
    spent += seconds;
    if (seconds < leastSampleSeconds) calls *= 2;
  }
  const samples: number[] = [];
  for (spent = 0; samples.length < mostSamples && (samples.length < leastSamples || spent < sampledSeconds);) {
    const seconds = secondsOf(calls);
    spent += seconds;
    samples.push(seconds / calls);
  }
  return samples;
}

/** Megabytes that one call allocates, whether or not they are collected at once: V8's sampled heap, and array buffers. */
async function allocatedMb(work: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  globalThis.gc?.();
  const buffersBefore = process.memoryUsage().arrayBuffers;
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  const result = work();
  const buffers = process.memoryUsage().arrayBuffers - buffersBefore;
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  const heap = bytesUnder(profile.head);
  return result === undefined ? 0 : (heap + Math.max(0, buffers)) / 2 ** 20;
}

const bytesUnder = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + bytesUnder(child), selfSize);

type Oracle = Readonly<{ name: string; version: string; seconds: number }>;

/** What the oracles of a family take for the cases that name a ratio; those that are not installed are left out. */
function oracleTimes(family: string, cases: readonly PluginCase[]): Readonly<Record<string, Oracle>> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  try {
    const file = join(folder, `${family}.json`);
    const asked = cases.filter(({ ratio }) => ratio !== undefined);
    writeFileSync(file, JSON.stringify(Object.fromEntries(asked.map((each) => [caseKey(each), each]))));
    const script = fileURLToPath(new URL(`peers/plugins/${family}.py`, import.meta.url));
    const python = process.env['NIGHTDESK_PEER_PYTHON'] ?? 'python3';
    const { status, stdout } = spawnSync(python, [script, file], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return status === 0 ? (JSON.parse(stdout) as Record<string, Oracle>) : {};
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
