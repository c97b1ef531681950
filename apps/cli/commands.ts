import { accountsCommand } from './accounts.ts';
import { auditCommand } from './audit.ts';
import { backtestCommand } from './backtest.ts';
import { balancesCommand } from './balances.ts';
import type { CliCommand } from './command.ts';
import { dataCommand } from './data.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { exchangeCommand } from './exchange.ts';
import { fillsCommand } from './fills.ts';
import { haltCommand } from './halt.ts';
import { ordersCommand } from './orders.ts';
import { pluginsCommand } from './plugins.ts';
import { positionsCommand } from './positions.ts';
import { evalCommand } from './eval.ts';
import { queueCommand } from './queue.ts';
import { gatesCommand } from './gates.ts';
import { reconcileCommand } from './reconcile.ts';
import { reduceCommand } from './reduce.ts';
import { reportCommand } from './report.ts';
import { resumeCommand } from './resume.ts';
import { serverCommand } from './server.ts';
import { startCommand } from './start.ts';
import { statsCommand } from './stats.ts';
import { strategiesCommand } from './strategies.ts';
import { sweepCommand } from './sweep.ts';
import { temporalCommand } from './temporal.ts';
import { statusCommand } from './status.ts';
import { trialsCommand } from './trials.ts';
import { upCommand } from './up.ts';
import { validateCommand } from './validate.ts';
import { whyCommand } from './why.ts';
import { workerCommand } from './worker.ts';

/** Every command under its heading of `nightdesk --help`. A new one is a file beside this and a line here. */
export const commandGroups: Readonly<Record<string, readonly CliCommand[]>> = {
  'First:': [startCommand, doctorCommand],
  'Strategies:': [strategiesCommand, backtestCommand, sweepCommand, evalCommand],
  'Validation:': [validateCommand, statusCommand, whyCommand, reportCommand, gatesCommand, queueCommand, exportCommand],
  'Evidence:': [trialsCommand, statsCommand, auditCommand],
  'Data and analytics:': [dataCommand, pluginsCommand],
  'Orders:': [
    accountsCommand,
    ordersCommand,
    positionsCommand,
    balancesCommand,
    fillsCommand,
    haltCommand,
    reduceCommand,
    resumeCommand,
    reconcileCommand,
  ],
  'Running the desk:': [upCommand, serverCommand, workerCommand, temporalCommand, exchangeCommand],
};
