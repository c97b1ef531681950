import { openStore } from '../../../adapters/store/open-store.ts';
import { DeskError } from '../../../core/errors.ts';
import { nearestName } from '../../../core/nearest.ts';
import { reasonText } from '../../../core/validation/outcome-of.ts';
import { queueStatuses } from '../../../core/validation/queue.ts';
import { utcTime } from '../format.ts';
import { print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';

/** Prints the queue. */
export async function showQueue({ status, json }: Readonly<{ status?: string; json?: true }>): Promise<void> {
  const wanted = status?.toUpperCase();
  if (wanted !== undefined && !queueStatuses.some((known) => known === wanted)) throw unknownStatus(wanted);
  const store = await openStore();
  try {
    const all = await store.queue();
    const strategies = all.filter((entry) => wanted === undefined || entry.status === wanted);
    if (json) return printJson({ strategies });
    if (strategies.length === 0) return print(all.length === 0 ? 'nothing has been validated yet' : 'none');
    print(
      renderTable(
        [{ title: 'Strategy' }, { title: 'Name' }, { title: 'Status' }, { title: 'Since (UTC)' }, { title: 'Why' }],
        strategies.map((entry) => [
          entry.strategyId,
          entry.name,
          entry.status,
          utcTime(entry.changedMs),
          reasonText(entry.reason),
        ]),
      ),
    );
  } finally {
    store.close();
  }
}

function unknownStatus(found: string): DeskError {
  const nearest = nearestName(found, queueStatuses);
  return new DeskError('Usage', 'no such status', {
    path: '--status',
    expected: queueStatuses.join(', '),
    found,
    ...(nearest === undefined ? {} : { nearest }),
  });
}
