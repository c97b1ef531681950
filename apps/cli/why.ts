import type { CliCommand } from './command.ts';

/** `nightdesk why`: the chain from a file to its verdict, and from an intent to its fills, and who did what to an account. */
export const whyCommand: CliCommand = {
  name: 'why',
  summary: 'Say why a strategy or a run got its verdict, an order came to its end, or an account was halted',
  configure: (command) =>
    command
      .argument(
        '<id>',
        'STR-001, the id that validate printed, an order (its first digits do), a want, a group of wants, or an account',
      )
      .option('--json', 'print one JSON document')
      .action(run),
};

/** Client order ids and how they begin, numbers of venues (Kraken's have letters), and orders of others. */
const looksLikeOrder = /^([0-9a-f]{4,32}|~?\d+|~?[0-9A-Z]{6}-[0-9A-Z]{5}-[0-9A-Z]{6}|venue:.+)$/i;

const isStrategy = /^STR-\d+$/i;

async function run(subject: string, { json }: Readonly<{ json?: true }>): Promise<void> {
  const { explainOrder } = await import('./why/explain-order.ts');
  if (looksLikeOrder.test(subject) && (await explainOrder(subject, json === true))) return;
  const { explainGroup } = await import('./why/explain-group.ts');
  if (!isStrategy.test(subject) && (await explainGroup(subject, json === true))) return;
  const { explainAccount } = await import('./why/explain-account.ts');
  if (!isStrategy.test(subject) && (await explainAccount(subject, json === true))) return;
  const { explain } = await import('./why/explain.ts');
  await explain(subject, json === true);
}
