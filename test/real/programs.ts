import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Newest versions that Go 1.26 accepts; to be raised by hand, so that a run says the same tomorrow. */
const NATS = 'github.com/nats-io/nats-server/v2@v2.15.2';
const CADDY = 'github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9';

const CACHE = fileURLToPath(new URL('../.cache/real/', import.meta.url));
const LOAD = fileURLToPath(new URL('./nats_load', import.meta.url));
const FILL = fileURLToPath(new URL('./nats_fill', import.meta.url));
const HOST = '127.0.0.1';
const CADDY_REQUESTS = 4000;
const CADDY_CONNECTIONS = 8;
/** Of Caddy's full configuration. */
const UPSTREAMS = 10_000;
const HOSTS = 6000;

/** A real program that runs, with clients that ask it a bounded number of things. */
export interface RealProgram {
  readonly name: string;
  readonly binary: string;
  readonly pid: number;
  /** Resolves when all has been asked and answered. */
  load(): Promise<void>;
  stop(): void;
}

/** nats-server, under publish and subscribe. */
export async function startNats(): Promise<RealProgram> {
  const binary = ownCopy(install(NATS, 'nats-server'));
  const load = join(CACHE, 'nats_load');
  execFileSync('go', ['build', '-o', load, '.'], { cwd: LOAD, stdio: 'inherit' });
  const port = await freePort();
  const child = spawn(binary, ['-a', HOST, '-p', String(port)], { stdio: 'ignore' });
  await listening(child, port);
  return program('nats-server', binary, child, () => run(load, ['-url', `nats://${HOST}:${port}`]));
}

/** A real program that fills its maps and serves its own heap profile, of every allocation. */
export interface ProfiledProgram extends RealProgram {
  /** Where it serves /debug/pprof. */
  readonly profile: string;
}

/** Every allocation is in the program's heap profile. */
const EXACT = { GODEBUG: 'memprofilerate=1' };

/** nats-server with subscriptions and messages that it keeps: `load` ends when it has them, and they stay. */
export async function startFullNats(): Promise<ProfiledProgram> {
  const binary = ownCopy(install(NATS, 'nats-server'));
  const fill = join(CACHE, 'nats_fill');
  execFileSync('go', ['build', '-o', fill, '.'], { cwd: FILL, stdio: 'inherit' });
  const [port, profile] = [await freePort(), await freePort()];
  const store = join(CACHE, `jetstream-${process.pid}`);
  const args = ['-a', HOST, '-p', String(port), '--profile', String(profile), '-js', '-sd', store];
  const child = spawn(binary, args, { stdio: 'ignore', env: { ...process.env, ...EXACT } });
  await listening(child, port);
  let filler: ChildProcess | undefined;
  const load = async (): Promise<void> => {
    filler = spawn(fill, ['-url', `nats://${HOST}:${port}`], { stdio: ['pipe', 'pipe', 'inherit'] });
    await said(filler, 'filled');
  };
  const server = program('nats-server', binary, child, load);
  const stop = (): void => {
    filler?.kill('SIGKILL');
    server.stop();
    rmSync(store, { recursive: true, force: true });
  };
  return { ...server, stop, profile: `http://${HOST}:${profile}` };
}

/** Caddy with many upstreams, and requests to so many hosts that its metrics of hosts become large. */
export async function startFullCaddy(): Promise<ProfiledProgram> {
  const binary = ownCopy(install(CADDY, 'caddy'));
  const [port, admin] = [await freePort(), await freePort()];
  const config = join(CACHE, `caddy-full-${process.pid}.json`);
  writeFileSync(config, JSON.stringify(fullCaddyConfig(port, admin)));
  const env = { ...process.env, ...EXACT, HOME: CACHE, XDG_DATA_HOME: CACHE, XDG_CONFIG_HOME: CACHE };
  const child = spawn(binary, ['run', '--config', config], { stdio: 'ignore', env });
  await listening(child, port);
  const server = program('caddy', binary, child, () => requests(port, HOSTS, (i) => `host-${i}.test`));
  const stop = (): void => {
    server.stop();
    rmSync(config, { force: true });
  };
  return { ...server, stop, profile: `http://${HOST}:${admin}` };
}

/** Caddy, answering HTTP requests with headers and templates of its own. */
export async function startCaddy(): Promise<RealProgram> {
  const binary = ownCopy(install(CADDY, 'caddy'));
  const port = await freePort();
  const config = join(CACHE, 'caddy.json');
  writeFileSync(config, JSON.stringify(caddyConfig(port)));
  const env = { ...process.env, HOME: CACHE, XDG_DATA_HOME: CACHE, XDG_CONFIG_HOME: CACHE };
  const child = spawn(binary, ['run', '--config', config], { stdio: 'ignore', env });
  await listening(child, port);
  return program('caddy', binary, child, () => requests(port));
}

function program(name: string, binary: string, child: ChildProcess, load: () => Promise<void>): RealProgram {
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(binary, { force: true });
  };
  return { name, binary, pid: child.pid ?? 0, load, stop };
}

/**
 * A file of this run alone: bpftrace's `-p` also counts other processes of a file, such as those of another
 * run of this test at the same time.
 */
function ownCopy(binary: string): string {
  const copy = `${binary}-${process.pid}`;
  copyFileSync(binary, copy);
  return copy;
}

/** Builds a command from the Go module proxy, once. Another test may do so at the same time: it appears whole. */
function install(module: string, name: string): string {
  const binary = join(CACHE, name);
  mkdirSync(CACHE, { recursive: true });
  const version = module.slice(module.indexOf('@') + 1);
  if (
    existsSync(binary) &&
    execFileSync('go', ['version', '-m', binary], { encoding: 'utf8' }).includes(version)
  )
    return binary;
  const unfinished = join(CACHE, `install-${process.pid}`);
  const env = { ...process.env, GOBIN: unfinished, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  execFileSync('go', ['install', module], { env, cwd: CACHE, stdio: 'inherit' });
  renameSync(join(unfinished, name), binary);
  rmSync(unfinished, { recursive: true });
  return binary;
}

function caddyConfig(port: number): unknown {
  const headers = { handler: 'headers', response: { set: { 'X-Path': ['{http.request.uri.path}'] } } };
  const answer = {
    handler: 'static_response',
    status_code: 200,
    body: 'hello {http.request.uri.query.name}\n',
  };
  const server = {
    listen: [`${HOST}:${port}`],
    automatic_https: { disable: true },
    routes: [{ handle: [headers, answer] }],
  };
  return { admin: { disabled: true }, apps: { http: { servers: { load: server } } } };
}

/** A proxy in front of many upstreams that nobody asks, and metrics for each host. */
function fullCaddyConfig(port: number, admin: number): unknown {
  const dial = (i: number): string => `127.1.${i >> 8}.${i & 255}:9`;
  const upstreams = Array.from({ length: UPSTREAMS }, (_, i) => ({ dial: dial(i) }));
  const server = {
    listen: [`${HOST}:${port}`],
    automatic_https: { disable: true },
    routes: [
      { match: [{ path: ['/proxied/*'] }], handle: [{ handler: 'reverse_proxy', upstreams }] },
      { handle: [{ handler: 'static_response', status_code: 200, body: 'hello\n' }] },
    ],
  };
  const metrics = { per_host: true, observe_catchall_hosts: true };
  return {
    admin: { listen: `${HOST}:${admin}` },
    apps: { http: { metrics, servers: { load: server } } },
  };
}

/** Requests over a few connections that are kept; each must get its own answer. */
async function requests(
  port: number,
  count = CADDY_REQUESTS,
  hostOf: (i: number) => string = () => HOST,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CADDY_CONNECTIONS });
  const one = (i: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'X-Request': String(i), Cookie: `session=s${i}`, Host: hostOf(i) };
      const options = { host: HOST, port, path: `/page/${i % 50}?name=n${i}`, agent, headers };
      const check = (response: IncomingMessage, body: string): void => {
        const right = body === 'hello\n' || body === `hello n${i}\n`;
        if (response.statusCode === 200 && right) resolve();
        else reject(new Error(`request ${i}: ${response.statusCode ?? ''} ${body}`));
      };
      request(options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          check(response, body);
        });
      })
        .on('error', reject)
        .end();
    });
  for (let i = 0; i < count; i += CADDY_CONNECTIONS)
    await Promise.all(Array.from({ length: CADDY_CONNECTIONS }, (_, j) => one(i + j)));
  agent.destroy();
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${String(code)}`)),
    );
  });
}

/** Resolves when a child has written a line. */
function said(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.split('\n').includes(line)) resolve();
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`it ended with ${String(code)} before it said ${line}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it listened`);
    if (await canConnect(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not listen within 30 s');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
