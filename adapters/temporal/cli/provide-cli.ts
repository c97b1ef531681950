import { join } from 'node:path';
import { cacheFolder } from '../../../config/paths.ts';
import { DeskError } from '../../../core/errors.ts';
import { exclusively } from '../exclusive.ts';
import { cacheSource } from './cached.ts';
import { goModuleSource } from './go-module.ts';
import { downloadSource } from './official-download.ts';
import { pathSource } from './on-path.ts';
import type { CliSource, CliSourceContext, TemporalCli } from './source.ts';
import { wheelSource } from './wheel.ts';

export type ProvideCliOptions = Readonly<{
  /** A line for people about what is being done. @default nothing is said */
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
  /** Where what is provided is kept. @default `temporal` in the user's cache folder */
  folder?: string;
  /** The ways to take, in this order. */
  sources?: readonly CliSource[];
}>;

/** Every way to a Temporal CLI, in the order in which they are tried: what is there first, then the trusted, then the slow. */
export const cliSources = (): readonly CliSource[] => [
  pathSource(),
  cacheSource,
  downloadSource(),
  wheelSource(),
  goModuleSource(),
];

/**
 * The Temporal CLI of this machine: found, or provided once for all checkouts of the user. Every one it returns has
 * run and printed its version. Two processes at once provide it once.
 */
export async function provideTemporalCli(options: ProvideCliOptions = {}): Promise<TemporalCli> {
  const { onProgress = () => {}, signal, sources = cliSources() } = options;
  const folder = options.folder ?? join(cacheFolder(), 'temporal');
  const context: CliSourceContext = { folder, onProgress, signal };
  const isThere = sources.filter(({ name }) => name === 'path' || name === 'cache');
  const atOnce = await firstOf(isThere, context);
  if ('cli' in atOnce) return atOnce.cli;

  const onWait = () => onProgress('waiting for another process that provides the Temporal CLI');
  const answer = await exclusively(join(folder, 'provide.lock'), () => firstOf(sources, context), { onWait, signal });
  if ('cli' in answer) return answer.cli;
  const ways = answer.reasons.map((reason) => `\n  - ${reason}`).join('');
  throw new DeskError(
    'ProviderFailed',
    `no Temporal CLI could be had. What was tried:${ways}\nAny one of these is enough`,
  );
}

async function firstOf(
  sources: readonly CliSource[],
  context: CliSourceContext,
): Promise<Readonly<{ cli: TemporalCli } | { reasons: readonly string[] }>> {
  const reasons: string[] = [];
  for (const source of sources) {
    const answer = await source.provide(context);
    if ('cli' in answer) return answer;
    reasons.push(`${source.title}: ${answer.unavailable}`);
  }
  return { reasons };
}
