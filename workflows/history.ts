import { workflowInfo } from '@temporalio/workflow';

/** The server suggests to continue as new at 4,096 events; half of it replays in a second after a crash. */
const eventsPerExecution = 2_000;

/** Whether a workflow should continue as new. */
export const historyIsSpent = (): boolean =>
  workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > eventsPerExecution;
