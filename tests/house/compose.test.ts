import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { latencySettings, searchAttributes, serverArguments } from '../../adapters/temporal/server/arguments.ts';
import { projectFolder } from '../../config/paths.ts';

const read = (file: string) => readFileSync(join(projectFolder, file), 'utf8');

/** The part of the Compose specification that the file uses: another key is a slip of the pen. */
const serviceShape = z.strictObject({
  profiles: z.array(z.literal('cluster')).optional(),
  image: z.string().regex(/^[\w./-]+:[\w.${}:-]+$/),
  build: z.literal('.').optional(),
  init: z.boolean().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  restart: z.literal('unless-stopped').optional(),
  stop_grace_period: z.string().optional(),
  shm_size: z.string().optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'published on this machine only')).optional(),
  volumes: z.array(z.string()).optional(),
  deploy: z.strictObject({ replicas: z.string() }).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number().int(),
    })
    .optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
});

const composeShape = z.strictObject({
  name: z.literal('nightdesk'),
  'x-desk': z.unknown(),
  services: z.record(z.string(), serviceShape),
  volumes: z.record(z.string(), z.null()),
});

const { services, volumes } = composeShape.parse(parse(read('docker-compose.yml'), { merge: true }));
const service = (name: string) => {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no ${name}`);
  return found;
};
const cluster = Object.keys(services).filter((name) => service(name).profiles !== undefined);

describe('docker-compose.yml', () => {
  test('brings up a development server and a worker, and with the profile a cluster', () => {
    expect(Object.keys(services).filter((name) => !cluster.includes(name))).toEqual(['temporal', 'worker']);
    expect(cluster).toEqual([
      'postgres',
      'temporal-schema',
      'temporal-server',
      'temporal-namespace',
      'temporal-ui',
      'cluster-worker',
    ]);
  });

  test('publishes no port twice: the profile brings up the development server as well', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((each) => each.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
  });

  test('waits only for services of its own profile, in a way that they can fulfil', () => {
    const waits = Object.entries(services).flatMap(([name, { depends_on: needed = {}, profiles }]) =>
      Object.entries(needed).map(([other, { condition }]) => ({ name, profiles, other: service(other), condition })),
    );
    expect(waits.filter(({ profiles, other }) => profiles?.[0] !== other.profiles?.[0])).toEqual([]);
    const unfulfilled = waits.filter(({ condition, other }) => {
      if (condition === 'service_healthy') return other.healthcheck === undefined;
      // What ends in order must not be started again.
      return condition === 'service_completed_successfully' && other.restart !== undefined;
    });
    expect(unfulfilled).toEqual([]);
    expect(waits).toHaveLength(7);
  });

  test('mounts volumes that it declares and folders that are there', () => {
    for (const mount of Object.values(services).flatMap((each) => each.volumes ?? [])) {
      const [source = ''] = mount.split(':');
      expect(source.startsWith('./') ? existsSync(join(projectFolder, source)) : source in volumes).toBe(true);
    }
    for (const { command = [] } of Object.values(services)) {
      const script = command.find((word) => word.startsWith('/docker/'));
      expect(script === undefined || existsSync(join(projectFolder, script))).toBe(true);
    }
  });

  test('pins every image, one version of server and tools, the one that the Go module builds', () => {
    const { image: server } = service('temporal-server');
    const version = server.split(':')[1] ?? '';
    expect(server).toBe(`temporalio/server:${version}`);
    for (const name of ['temporal-schema', 'temporal-namespace']) {
      expect(service(name).image).toBe(`temporalio/admin-tools:${version}`);
    }
    expect(read('tools/temporal-server/go.mod')).toMatch(new RegExp(`go\\.temporal\\.io/server v${version}\\b`));
    const others = Object.entries(services).filter(([name]) => name !== 'worker' && name !== 'cluster-worker');
    expect(others.filter(([, { image }]) => !/:\d+(\.\d+){0,2}$/.test(image))).toEqual([]);
  });

  test('gives its servers the settings that ours has', () => {
    const flags = serverArguments({ port: 7233, uiPort: undefined, dbFile: '/home/temporal/desk.db' });
    const pairs = flags.flatMap((flag, i) => (flag.startsWith('--') ? [`${flag}=${flags[i + 1] ?? ''}`] : []));
    const wanted = pairs.filter((pair) => /^--(dynamic|search|sqlite|db-)/.test(pair));
    expect(service('temporal').command).toEqual(expect.arrayContaining(wanted));
    expect(wanted.length).toBe(latencySettings.length + searchAttributes.length + 3);
    const file = parse(read('docker/dynamic-config.yaml')) as Record<string, readonly { value: unknown }[]>;
    const settings = Object.entries(file).map(([name, [first]]) => `${name}=${JSON.stringify(first?.value)}`);
    expect(settings).toEqual(latencySettings);
  });

  test('is accepted by docker compose', ({ skip }) => {
    skip(!hasDockerCompose(), 'docker compose is not on this machine');
    expect(servicesOf([])).toEqual(['temporal', 'worker']);
    expect(servicesOf(['--profile', 'cluster'])).toEqual(Object.keys(services).toSorted());
  });
});

function hasDockerCompose(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const servicesOf = (profile: readonly string[]): string[] =>
  execFileSync('docker', ['compose', ...profile, 'config', '--services'], { cwd: projectFolder, encoding: 'utf8' })
    .trim()
    .split('\n')
    .toSorted();

describe('Dockerfile', () => {
  const file = read('Dockerfile');

  test('is Debian with the Node that the project pins, runs as nobody special, and installs what is locked', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: { node: string } };
    const bases = [...file.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`node:${dependencies.node.split('.')[0]}-bookworm-slim`]));
    expect(file).toMatch(/npm ci --omit=dev/);
    expect(file).toMatch(/^USER node$/m);
  });

  test('leaves out what must not be in an image', () => {
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.git', '.env', '.nightdesk']));
  });

  test.each(['setup-schema.sh', 'create-namespace.sh'])('%s is a script that a plain shell can read', (name) => {
    execFileSync('sh', ['-n', join(projectFolder, 'docker', name)]);
    expect(read(`docker/${name}`)).toMatch(/^#!\/bin\/sh\n/);
  });
});
