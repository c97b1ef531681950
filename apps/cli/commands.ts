import { auditCommand } from './audit.ts';
import { backtestCommand } from './backtest.ts';
import type { CliCommand } from './command.ts';
import { dataCommand } from './data.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { exchangeCommand } from './exchange.ts';
import { pluginsCommand } from './plugins.ts';
import { evalCommand } from './eval.ts';
import { queueCommand } from './queue.ts';
import { gatesCommand } from './gates.ts';
import { reportCommand } from './report.ts';
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
  'Running the desk:': [upCommand, serverCommand, workerCommand, temporalCommand, exchangeCommand],
};
