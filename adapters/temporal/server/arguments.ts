/** The custom search attributes of the desk, all of type Keyword. */
export const searchAttributes = ['StrategyId', 'Tier', 'DeskStatus', 'Venue', 'AlertLevel'] as const;

export type SearchAttributeName = (typeof searchAttributes)[number];

/**
 * The server settings that make a step of a workflow about three times quicker on a development server. By default it
 * polls its one shard's queues 20 times a second (an activity costs 100 ms) and rounds timers up to a second.
 */
export const latencySettings: readonly string[] = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
  'history.outboundProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="10ms"',
];

/** SQLite settings for a database file: 46 workflows a second instead of 12 with the server's defaults. */
const filePragmas = ['journal_mode=wal', 'synchronous=NORMAL'];

export type ServerPlace = Readonly<{
  port: number;
  /** Port of the Web UI; undefined starts none. */
  uiPort: number | undefined;
  /** Undefined keeps everything in memory. */
  dbFile: string | undefined;
}>;

/** The loopback address that our servers listen on, and nothing else. */
export const loopback = '127.0.0.1';

/** The command line of our development server, for `temporal`. */
export function serverArguments({ port, uiPort, dbFile }: ServerPlace): string[] {
  const settings = latencySettings.flatMap((setting) => ['--dynamic-config-value', setting]);
  const attributes = searchAttributes.flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-ip', loopback, '--ui-port', String(uiPort)];
  const pragmas = filePragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]);
  const file = dbFile === undefined ? [] : ['--db-filename', dbFile, ...pragmas];
  return ['server', 'start-dev', '--ip', loopback, '--port', String(port), ...ui, ...file, ...attributes, ...settings];
}
