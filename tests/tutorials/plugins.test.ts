import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPluginActivities } from '../../activities/plugins.ts';
import { projectFolder } from '../../config/paths.ts';
import { runPlugin } from '../../plugins/run-plugin.ts';
import { computeQueue } from '../../workflows/activity-options.ts';
import { testPluginPorts } from '../plugin-ports.ts';
import { needsServer, temporalServer } from '../temporal-server.ts';
import { createReader, readTutorial } from './tutorial.ts';

const { commands, files } = readTutorial('plugins.md');
const ofWorkflow = commands.filter(({ commands: each }) => each.includes('nightdesk temporal'));
const reader = createReader(files);
const closing: (() => unknown)[] = [reader.leave];

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

describe('docs/tutorials/plugins.md', () => {
  test.each(commands.filter((each) => !ofWorkflow.includes(each)))('$heading: $commands', async (each) => {
    const printed = await reader.run(each.commands);
    for (const line of each.expected) expect(printed).toContain(line);
  });
});

describe('docs/tutorials/plugins.md, in a workflow', () => {
  needsServer();
  const queue = `desk-${randomUUID().slice(0, 8)}`;
  let address = '';

  beforeAll(async () => {
    ({ address } = await temporalServer());
    const connection = await NativeConnection.connect({ address });
    const ports = testPluginPorts(reader.folder);
    const workers = await Promise.all([
      Worker.create({ connection, taskQueue: queue, workflowsPath: workflowFile() }),
      Worker.create({ connection, taskQueue: computeQueue(queue), activities: createPluginActivities(ports) }),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    closing.push(async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await ports.pluginCompute.close();
    });
  });

  /** The workflow of the text in a copy of the project's folders, where what it imports is. */
  function workflowFile(): string {
    const folder = join(reader.folder, 'project');
    mkdirSync(join(folder, 'workflows'), { recursive: true });
    const options = 'workflows/activity-options.ts';
    for (const each of ['node_modules', 'activities', options])
      symlinkSync(join(projectFolder, each), join(folder, each));
    const file = join(folder, 'workflows/fair-value.ts');
    writeFileSync(file, files.get('fair-value.ts') ?? '');
    return file;
  }

  test.each(ofWorkflow)('$commands', async ({ commands: each, expected }) => {
    // A queue of its own: other tests use the server, too.
    const onServer = `TEMPORAL_ADDRESS=${address}; export TEMPORAL_ADDRESS\n${each.replaceAll('--task-queue desk', `--task-queue ${queue}`)}`;
    const printed = await reader.run(onServer);
    for (const line of expected) expect(printed).toContain(line);
    const params = { noise: { mode: 'fixed', epsilonVar: 4, levelVar: 1 } } as const;
    const { level } = runPlugin('fe_kalman', { series: [100, 101.5, 100.8, 102.2, 103.1, 102.7] }, { params });
    expect(printed).toContain(String(level.at(-1)));
  });
});
