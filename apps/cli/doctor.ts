import type { CliCommand } from './command.ts';
import type { Check } from './doctor/check.ts';

/** `nightdesk doctor`: what the desk finds on this machine, and what to do about each problem. */
export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'Check this machine, the Temporal server, the data and the accounts, and say what to do',
  configure: (command) => command.option('--json', 'print one JSON document').action(run),
};

async function run({ json }: Readonly<{ json?: true }>): Promise<void> {
  const [machine, { checkStore }, { checkOrderStore }, { checkOrderAlerts }, { checkAccounts }, temporal, output] =
    await Promise.all([
      import('./doctor/machine.ts'),
      import('./doctor/store.ts'),
      import('./doctor/order-store.ts'),
      import('./doctor/order-alerts.ts'),
      import('./doctor/accounts.ts'),
      import('./doctor/temporal.ts'),
      import('./output.ts'),
    ]);
  const trading = async () => {
    const { check, modes, alerts } = await checkOrderStore();
    return [check, ...(alerts === undefined ? [] : [checkOrderAlerts(alerts)]), ...(await checkAccounts(modes))];
  };
  const [cli, server, ports, folders, store, orders] = await Promise.all([
    temporal.checkCli(),
    temporal.checkServer(),
    temporal.checkPorts(),
    machine.checkFolders(),
    checkStore(),
    trading(),
  ]);
  const checks = [
    machine.checkNode(),
    machine.checkMachine(),
    cli,
    ...server,
    ports,
    ...folders,
    store,
    ...orders,
    machine.checkBars(),
  ];
  const broken = checks.filter(({ state }) => state === 'broken').length;
  if (json) output.printJson({ ok: broken === 0, checks });
  else await printTable(checks, output.print);
  process.exitCode = broken === 0 ? 0 : 1;
}

async function printTable(checks: readonly Check[], print: (line?: string) => void): Promise<void> {
  const { default: pc } = await import('picocolors');
  const paint = { ok: pc.green, warn: pc.yellow, broken: pc.red };
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, state, found, advice } of checks) {
    print(`${paint[state](state.padEnd(6))}  ${name.padEnd(width)}  ${found}`);
    if (advice !== undefined) print(`${' '.repeat(8 + width)}  ${pc.dim('->')} ${advice}`);
  }
  const [broken, warned] = (['broken', 'warn'] as const).map(
    (state) => checks.filter((check) => check.state === state).length,
  );
  print();
  print(
    broken
      ? `${broken} broken: the desk cannot work until that is mended.`
      : `Nothing is broken${warned ? `, ${warned} could be better` : ''}.`,
  );
}
