import type { CliCommand } from './command.ts';
import type { CheckOptions } from './accounts/check.ts';

/** `nightdesk accounts`: who trades where, with which rights, and the yes that real money needs. */
export const accountsCommand: CliCommand = {
  name: 'accounts',
  summary: 'Check the accounts of config/api-keys.yaml, and allow one to trade real money',
  configure: (command) => {
    command
      .command('check', { isDefault: true })
      .description('ask each venue for the rights of the key and for its clock')
      .option('--json', 'print one JSON document')
      .action(async (options: CheckOptions) => (await import('./accounts/check.ts')).checkAccounts(options));
    command
      .command('allow')
      .argument('<account>', 'its name in api-keys.yaml, mode: live')
      .description('let an account trade real money with the key that it has now: asks for a sentence, typed')
      .action(async (account: string) => (await import('./accounts/allow.ts')).allowAccount(account));
  },
};
