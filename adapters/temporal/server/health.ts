import { Connection } from '@temporalio/client';
import { isListening } from './ports.ts';

const connectLimitMs = 1_500;
const frontend = 'temporal.api.workflowservice.v1.WorkflowService';
const serving = 1;

/** A Temporal server that answers, and its version. */
export type HealthyServer = Readonly<{ serverVersion: string }>;

/**
 * Asks a loopback server whether it can work: the frontend serves and the namespace is there. Undefined when not (yet).
 * The port is tried first, as a refused gRPC connection waits a second before it tries again.
 */
export async function checkHealth(address: string, namespace = 'default'): Promise<HealthyServer | undefined> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  if (!(await isListening(port))) return undefined;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: connectLimitMs });
    const { healthService, workflowService } = connection;
    const asked = connection.withDeadline(Date.now() + connectLimitMs, async () => {
      const { status }: Readonly<{ status: number }> = await healthService.check({ service: frontend });
      if (status !== serving) return undefined;
      await workflowService.describeNamespace({ namespace });
      const { serverVersion } = await workflowService.getSystemInfo({});
      return { serverVersion: serverVersion ?? 'unknown' };
    });
    return await asked;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}
