/**
 * `npm run bench [-- name …] [--json]`: every goal of the design that exists by now, each in a process of its own, so
 * that one's heap and warm-up do not count for the next. Results are kept in bench/results/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTable } from '../apps/cli/table.ts';
import type { BenchRow } from './measure.ts';

/** A bench is a module of this folder that exports one function giving rows. */
const benches: Readonly<Record<string, () => Promise<() => Promise<readonly BenchRow[]>>>> = {
  'event-engine': async () => (await import('./event-engine.ts')).benchEventEngine,
  sweep: async () => (await import('./sweep.ts')).benchSweep,
  compile: async () => (await import('./compile.ts')).benchCompile,
  'eval-functions': async () => (await import('./eval-functions.ts')).benchEvalFunctions,
  plugins: async () => (await import('./plugins.ts')).benchPlugins,
  'validation-run': async () => (await import('./validation-run.ts')).benchValidationRun,
  scale: async () => (await import('./scale.ts')).benchScale,
  parallel: async () => (await import('./parallel.ts')).benchParallel,
  'tier-l2': async () => (await import('./tier-l2.ts')).benchTierL2,
  'gate-power': async () => (await import('./gate-power.ts')).benchGatePower,
  cluster: async () => (await import('./cluster/index.ts')).benchCluster,
  exchange: async () => (await import('./exchange.ts')).benchExchange,
  feeds: async () => (await import('./feeds.ts')).benchFeeds,
  orders: async () => (await import('./orders.ts')).benchOrders,
  'start-up': async () => (await import('./start-up.ts')).benchStartUp,
};

const folder = fileURLToPath(new URL('.', import.meta.url));
const entry = fileURLToPath(import.meta.url);

/** Runs one bench in a fresh process and returns its rows. */
function rowsOf(name: string): readonly BenchRow[] {
  process.stderr.write(`bench: ${name} …\n`);
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', entry, name, '--rows'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`bench ${name} ended with code ${status}`);
  return JSON.parse(stdout) as readonly BenchRow[];
}

function report(name: string, rows: readonly BenchRow[]): void {
  const document = { name, machine: machine(), commit: commit(), node: process.versions.node, rows };
  mkdirSync(join(folder, 'results'), { recursive: true });
  writeFileSync(join(folder, 'results', `${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
  else
    process.stdout.write(
      `${name} on ${document.machine}, commit ${document.commit}, Node ${document.node}\n${table(rows)}\n\n`,
    );
}

function table(rows: readonly BenchRow[]): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const allocates = rows.some(({ allocatedMb }) => allocatedMb !== undefined);
  const columns = [
    { title: 'what' },
    right('best'),
    right('median'),
    ...(allocates ? [right('allocated')] : []),
    right('peer'),
    right('ratio'),
    { title: 'goal' },
  ];
  return renderTable(
    columns,
    rows.map(({ what, seconds, allocatedMb, peer, ratio, goal }) => [
      what,
      milliseconds(Math.min(...seconds)),
      milliseconds(seconds.toSorted((a, b) => a - b)[seconds.length >> 1]),
      ...(allocates ? [allocatedMb === undefined ? '' : `${allocatedMb.toPrecision(3)} MB`] : []),
      peer === undefined ? '' : `${peer.name} ${peer.version} ${milliseconds(peer.seconds)}`,
      ratio === undefined ? '' : `${ratio.toPrecision(3)} x`,
      goal ?? '',
    ]),
  );
}

const milliseconds = (seconds: number) => `${(seconds * 1_000).toPrecision(3)} ms`;

const machine = () =>
  `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`;

function commit(): string {
  const git = (...command: string[]) => execFileSync('git', command, { cwd: folder, encoding: 'utf8' }).trim();
  const dirty = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes';
  return `${git('rev-parse', '--short', 'HEAD')}${dirty}`;
}

const args = process.argv.slice(2);
const json = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));

const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  process.stderr.write(`bench: unknown ${unknown.join(', ')}, expected ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else if (args.includes('--rows')) {
  const [name] = names;
  const bench = await benches[name]();
  process.stdout.write(JSON.stringify(await bench()));
} else {
  for (const name of names.length > 0 ? names : Object.keys(benches)) report(name, rowsOf(name));
}
