import { join } from "node:path";
import { InteractiveProcess } from "../interactive_process.ts";
import { type CommandResult, runChecked, type RunOptions } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";

/** Where a machine keeps the certificates that it trusts, and in it all of them in one file. */
const CERTIFICATES = "/etc/ssl/certs";
const BUNDLE = "ca-certificates.crt";

/** What holds the namespaces until its stdin ends, so that they end with the test that made them, even when it is killed. */
const KEEPER = `
set -eu
ip link set lo up
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/certificates" ${CERTIFICATES}
# Which instances have packets forwarded is counted for each network.
mkdir -p /run/windlass
mount -t tmpfs windlass /run/windlass
echo ready
exec cat >/dev/null
`;

/** Where the programs of a test run. */
export interface Machine {
  /**
   * The command that runs another one there, with the variables that it gets itself.
   *
   * @param folder Where it runs. @default {Deno.cwd()}
   */
  enter(argv: readonly string[], folder?: string): string[];
}

/** The machine that runs the tests. */
export const THIS_MACHINE: Machine = {
  enter: (argv, folder) => folder === undefined ? [...argv] : ["env", `--chdir=${folder}`, ...argv],
};

/** A machine that shares processes and files with this one, but neither its network nor what /etc says of that. */
export interface NetworkMachine extends Machine, AsyncDisposable {
  /** A process in its namespaces, as long as the machine exists. */
  readonly pid: number;
  /** Runs a command there. @throws {Error} when it fails. */
  run(argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Replaces what its /etc/hosts says besides `localhost`: addresses by name. */
  setHosts(addresses: Readonly<Record<string, string>>): Promise<void>;
  /** Replaces the certificates (PEM) that it trusts besides those of this machine, as update-ca-certificates does. */
  trust(...certificates: readonly string[]): Promise<void>;
}

/**
 * Opens a machine with nothing but a loopback interface. Disposal ends it once no process is in it any more.
 *
 * @param nameServer The address in its /etc/resolv.conf.
 */
export async function openMachine(nameServer: string): Promise<NetworkMachine> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-machine")).path;
  const [hosts, certificates] = [join(folder, "hosts"), join(folder, "certificates")];
  const setHosts = async (addresses: Readonly<Record<string, string>>) => {
    const lines = Object.entries(addresses).map(([name, address]) => `${address} ${name}\n`);
    await Deno.writeTextFile(hosts, `127.0.0.1 localhost\n::1 localhost\n${lines.join("")}`);
  };
  await setHosts({});
  await Deno.writeTextFile(join(folder, "resolv.conf"), `nameserver ${nameServer}\n`);
  await runChecked(["cp", "--recursive", "--no-dereference", CERTIFICATES, certificates]);
  const ordinary = await Deno.readTextFile(join(certificates, BUNDLE));

  const keeper = owned.use(
    new InteractiveProcess([
      "unshare",
      "--net",
      "--mount",
      "--propagation=slave",
      "sh",
      "-c",
      KEEPER,
      "sh",
      folder,
    ]),
  );
  await keeper.waitFor(/^ready$/m);
  const enter = (argv: readonly string[], folder = Deno.cwd()) => [
    ...["nsenter", `--net=/proc/${keeper.pid}/ns/net`, `--mount=/proc/${keeper.pid}/ns/mnt`, "--"],
    ...["env", `--chdir=${folder}`, ...argv],
  ];
  const stack = owned.move();
  return {
    pid: keeper.pid,
    enter,
    run: (argv, { cwd, ...options } = {}) => runChecked(enter(argv, cwd), options),
    setHosts,
    trust: async (...more) => {
      const partial = join(certificates, `${BUNDLE}.new`);
      await Deno.writeTextFile(partial, [ordinary, ...more].join("\n"));
      await Deno.rename(partial, join(certificates, BUNDLE));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
