import { join } from "node:path";
import { runChecked } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";
import type { KeyPair } from "./authority.ts";
import { type ListenOptions, openProgram, type Program, PROGRAM_FOLDER } from "./program.ts";
import { openProgramFiles } from "./program_files.ts";
import type { Credentials } from "./proxies.ts";

/** What a registry has. */
export interface RegistryOptions extends ListenOptions {
  /** For TLS; without it, plain HTTP. */
  readonly tls?: KeyPair;
  /** What `docker login` has to know. */
  readonly credentials?: Credentials;
}

/** A registry out of Debian, empty at first. */
export interface Registry extends Program {
  /** Where it keeps its blobs, as the registry lays them out. */
  readonly data: string;
  /** Where curl finds it from its own machine, such as `https://203.0.113.10:443`. */
  readonly url: string;
  /** What curl needs besides: the credentials, and that no certificate is checked. */
  readonly curl: readonly string[];
}

/** Starts a registry. What it holds stays for as long as it is not disposed, stopped or not. */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const { address = "127.0.0.1", port, tls, credentials } = options;
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-registry")).path;
  const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
  if (tls !== undefined) {
    await write("certificate.pem", tls.certificate);
    await write("key.pem", tls.key);
  }
  if (credentials !== undefined) await write("passwords", await bcrypt(credentials));
  const configuration = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: `${PROGRAM_FOLDER}/data` },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: {
      addr: `${address}:${port}`,
      secret: crypto.randomUUID(),
      ...(tls === undefined ? {} : {
        tls: { certificate: `${PROGRAM_FOLDER}/certificate.pem`, key: `${PROGRAM_FOLDER}/key.pem` },
      }),
    },
    ...(credentials === undefined ? {} : {
      auth: { htpasswd: { realm: "The company", path: `${PROGRAM_FOLDER}/passwords` } },
    }),
  };
  await write("registry.yml", JSON.stringify(configuration)); // which is YAML too
  const argv = ["docker-registry", "serve", `${PROGRAM_FOLDER}/registry.yml`];
  const program = owned.use(await openProgram(argv, folder, options));
  const stack = owned.move();
  return {
    address,
    port,
    data: join(folder, "data"),
    url: `${tls === undefined ? "http" : "https"}://${address}:${port}`,
    curl: [
      ...["--insecure", "--noproxy", "*"],
      ...(credentials === undefined ? [] : ["--user", `${credentials.user}:${credentials.password}`]),
    ],
    get output() {
      return program.output;
    },
    stop: () => program.stop(),
    start: () => program.start(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A line of a password file with the only hash that the registry knows. */
async function bcrypt({ user, password }: Credentials): Promise<string> {
  const command = ["chroot", await openProgramFiles(), "htpasswd", "-niB", user];
  return (await runChecked(command, { stdin: password })).stdout;
}
