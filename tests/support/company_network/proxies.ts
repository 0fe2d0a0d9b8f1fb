import { join } from "node:path";
import { runChecked } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";
import type { KeyPair } from "./authority.ts";
import { type ListenOptions, openProgram, type Program, PROGRAM_FOLDER } from "./program.ts";

/** A name and its password, which an upstream or a registry wants. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** A forward proxy of a company. */
export interface CompanyProxy extends Program {
  /**
   * The requests so far, oldest first, each as soon as it arrives: `CONNECT registry.test:443`, or
   * `GET http://www.test/x`; with an inspector also `GET https://…`. Those that were refused for want of a sign-in are not among them.
   */
  requests(): Promise<string[]>;
}

/** What a squid asks for and refuses. */
export interface SquidOptions extends ListenOptions {
  /** Basic sign-in, without which it answers 407. */
  readonly credentials?: Credentials;
  /** Host names that it answers 403 for; one with a leading dot stands for all below it. */
  readonly forbidden?: readonly string[];
  /** A certificate of an authority with its key: squid opens TLS then, and signs what it shows for each host. */
  readonly inspector?: KeyPair;
  /** Further lines of squid.conf, before those that allow all the rest. */
  readonly configuration?: readonly string[];
}

/** Where squid keeps the certificates that it has signed, from its start to its end. */
const SIGNED = "/tmp/signed";
const PREPARE_SIGNED =
  `/usr/lib/squid/security_file_certgen -c -s ${SIGNED} -M 4MB && chown -R proxy: ${SIGNED}`;

/**
 * Told of each request by squid, which logs one only when it is over: hours later for a tunnel. What it is asked about is
 * allowed.
 */
const RECORD_REQUESTS = `#!/bin/sh
while read -r method url rest; do
  echo "$method $url" >>${PROGRAM_FOLDER}/requests
  echo OK
done
`;

/** Requests that may wait to be recorded. Squid asks about no more than that, and refuses the others; its default is two. */
const QUEUED_REQUESTS = 1_000;

/** Starts a squid that keeps no copies. It resolves names with the hosts file of its machine. */
export async function openSquid(options: SquidOptions): Promise<CompanyProxy> {
  const { address = "127.0.0.1", port, credentials, inspector, forbidden = [], configuration = [] } = options;
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-squid")).path;
  await Deno.chmod(folder, 0o777); // squid gives up root
  await Deno.writeTextFile(join(folder, "record"), RECORD_REQUESTS, { mode: 0o755 });
  if (credentials !== undefined) {
    const hash = await runChecked(["openssl", "passwd", "-5", "-stdin"], { stdin: credentials.password });
    await Deno.writeTextFile(join(folder, "passwords"), `${credentials.user}:${hash.stdout}`);
  }
  if (inspector !== undefined) {
    await Deno.writeTextFile(join(folder, "inspector.pem"), `${inspector.certificate}\n${inspector.key}`);
  }
  const lines = [
    ...(inspector === undefined ? [`http_port ${address}:${port}`] : [
      `http_port ${address}:${port} ssl-bump tls-cert=${PROGRAM_FOLDER}/inspector.pem generate-host-certificates=on`,
      `sslcrtd_program /usr/lib/squid/security_file_certgen -s ${SIGNED} -M 4MB`,
      "ssl_bump bump all",
      "tls_outgoing_options flags=DONT_VERIFY_PEER",
    ]),
    "visible_hostname proxy.company.test",
    "pid_filename none",
    "cache deny all",
    "access_log none",
    `cache_log ${PROGRAM_FOLDER}/log`,
    "shutdown_lifetime 0 seconds",
    "pinger_enable off",
    ...(credentials === undefined ? [] : [
      `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${PROGRAM_FOLDER}/passwords`,
      "auth_param basic realm The company",
      "acl signed_in proxy_auth REQUIRED",
      "http_access deny !signed_in",
    ]),
    ...(forbidden.length === 0 ? [] : [
      `acl forbidden dstdomain ${forbidden.join(" ")}`,
      "http_access deny forbidden",
    ]),
    ...configuration,
    `external_acl_type record ttl=0 negative_ttl=0 cache=0 children-max=1 children-startup=1 queue-size=${QUEUED_REQUESTS} %METHOD %URI ${PROGRAM_FOLDER}/record`,
    "acl recorded external record",
    "http_access allow recorded",
  ];
  await Deno.writeTextFile(join(folder, "squid.conf"), lines.map((line) => `${line}\n`).join(""));
  const prepare = inspector === undefined ? ":" : PREPARE_SIGNED;
  const argv = ["sh", "-euc", `${prepare}\nexec squid -N -d 1 -f ${PROGRAM_FOLDER}/squid.conf`];
  const program = owned.use(await openProgram(argv, folder, options));
  return withRequests(program, owned.move(), async () => {
    const text = await Deno.readTextFile(join(folder, "requests")).catch(() => "");
    return text.split("\n").map((line) => decodeURIComponent(line.trim())).filter((line) => line !== "");
  });
}

/** What a tinyproxy asks for. */
export interface TinyproxyOptions extends ListenOptions {
  readonly credentials?: Credentials;
}

/** Starts a tinyproxy, which closes its connection after each request and answer. */
export async function openTinyproxy(options: TinyproxyOptions): Promise<CompanyProxy> {
  const { address = "127.0.0.1", port, credentials } = options;
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-tinyproxy")).path;
  const lines = [
    `Port ${port}`,
    `Listen ${address}`,
    "Timeout 600",
    "MaxClients 500",
    "LogLevel Connect",
    ...(credentials === undefined ? [] : [`BasicAuth ${credentials.user} ${credentials.password}`]),
  ];
  await Deno.writeTextFile(join(folder, "tinyproxy.conf"), lines.map((line) => `${line}\n`).join(""));
  const argv = ["tinyproxy", "-d", "-c", `${PROGRAM_FOLDER}/tinyproxy.conf`];
  const program = owned.use(await openProgram(argv, folder, options));
  const requests = /Request \(file descriptor \d+\): (.*) HTTP\/1\.[01]$/gm;
  return withRequests(
    program,
    owned.move(),
    () => Promise.resolve([...program.output.matchAll(requests)].map(([, request]) => request!)),
  );
}

function withRequests(
  program: Program,
  owned: AsyncDisposableStack,
  requests: CompanyProxy["requests"],
): CompanyProxy {
  return {
    address: program.address,
    port: program.port,
    get output() {
      return program.output;
    },
    stop: () => program.stop(),
    start: () => program.start(),
    requests,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
