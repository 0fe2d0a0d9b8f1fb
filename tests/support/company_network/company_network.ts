import {
  clientParts,
  createDockerClient,
  type DockerClient,
  openDockerConfiguration,
} from "../docker_client.ts";
import { type StartedWindlass, startWindlass, type WindlassInstanceOptions } from "../windlass_instance.ts";
import { type Machine, type NetworkMachine, openMachine } from "./machine.ts";

/** Addresses of the network; the names are those of {@linkcode COMPANY_HOSTS} and {@linkcode OUTSIDE_HOSTS}. */
export const ADDRESSES = {
  /** The user's machine. */
  machine: "10.20.0.100",
  /** The company's machine with the proxies and the PAC file. It alone reaches the internet. */
  gateway: "10.20.0.1",
  /** A server of the company. */
  intranet: "10.20.0.2",
  /** A server of the internet. */
  outside: "203.0.113.10",
} as const;

/** Names that the user's machine knows in the company. */
export const COMPANY_HOSTS = {
  "proxy.company.test": ADDRESSES.gateway,
  "pac.company.test": ADDRESSES.gateway,
  "registry.company.test": ADDRESSES.intranet,
  "www.company.test": ADDRESSES.intranet,
} as const;

/** Names that the internet knows, and the proxies with it. */
export const OUTSIDE_HOSTS = {
  "registry.internet.test": ADDRESSES.outside,
  "private.internet.test": ADDRESSES.outside,
  "www.internet.test": ADDRESSES.outside,
} as const;

/** Where the user's machine is: what it reaches and whose names it knows. */
export type Place = "office" | "home" | "nowhere" | "anywhere";

/** What each place reaches. */
const REACHED: Readonly<Record<Place, { readonly company: boolean; readonly internet: boolean }>> = {
  office: { company: true, internet: false },
  home: { company: false, internet: true },
  nowhere: { company: false, internet: false },
  anywhere: { company: true, internet: true },
};

/** A company's network with a user's machine, without any server. Disposal ends it. */
export interface CompanyNetwork extends AsyncDisposable {
  /** The user's machine, where Windlass and its clients run. */
  readonly machine: NetworkMachine;
  /** Where the servers of the company and of the internet run, at the other {@linkcode ADDRESSES}. */
  readonly servers: NetworkMachine;
  /** Takes the user's machine elsewhere; it begins in the office. Connections that are open come to nothing. */
  moveTo(place: Place): Promise<void>;
  /** Starts Windlass on the user's machine, with no variables for a proxy but those given. */
  startWindlass(options?: WindlassInstanceOptions): Promise<StartedWindlass>;
  /**
   * Opens a Docker CLI on the user's machine.
   *
   * @param folder Its configuration folder; without it, one of its own.
   */
  openDockerClient(dockerHost: string, folder?: string): Promise<DockerClient>;
}

/** Variables that would lead around the network. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/**
 * Makes the network out of namespaces. The user's machine has a default route to the gateway, which forwards nothing: what
 * does not go to a proxy is refused at once.
 */
export async function openCompanyNetwork(): Promise<CompanyNetwork> {
  await using owned = new AsyncDisposableStack();
  const servers = owned.use(await openMachine(ADDRESSES.gateway));
  const machine = owned.use(await openMachine(ADDRESSES.gateway));
  const batch = (where: NetworkMachine, ...lines: string[]) =>
    where.run(["ip", "-batch", "-"], { stdin: lines.map((line) => `${line}\n`).join("") });
  await batch(
    servers,
    `link add lan type veth peer name eth0 netns ${machine.pid}`,
    `address add ${ADDRESSES.gateway}/24 dev lan`,
    `address add ${ADDRESSES.intranet}/24 dev lan`,
    `address add ${ADDRESSES.outside}/32 dev lo`,
    "link set dev lan up",
  );
  await batch(
    machine,
    `address add ${ADDRESSES.machine}/24 dev eth0`,
    "link set dev eth0 up",
    `route add default via ${ADDRESSES.gateway}`,
  );
  await servers.setHosts({ ...COMPANY_HOSTS, ...OUTSIDE_HOSTS });
  const moveTo = async (place: Place) => {
    const { company, internet } = REACHED[place];
    await machine.setHosts({ ...(company ? COMPANY_HOSTS : {}), ...(internet ? OUTSIDE_HOSTS : {}) });
    await servers.run(["nft", "-f", "-"], { stdin: firewall(company, internet) });
  };
  await moveTo("office");
  const stack = owned.move();
  return {
    machine,
    servers,
    moveTo,
    startWindlass: (options = {}) =>
      startWindlass({ machine: withoutProxies(machine, options.env), ...options }),
    openDockerClient: (dockerHost, folder) => openClientOn(machine, dockerHost, folder),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What the servers accept from the user's machine. Replaces what was accepted before. */
function firewall(company: boolean, internet: boolean): string {
  const reject = "reject with icmp type admin-prohibited";
  const outside = `ip daddr ${ADDRESSES.outside}`;
  return `table ip company
delete table ip company
table ip company {
  chain input {
    type filter hook input priority 0; policy accept;
    ${internet ? "" : `iifname "lan" ${outside} ${reject}`}
    ${company ? "" : `iifname "lan" ip daddr != ${ADDRESSES.outside} ${reject}`}
  }
}
`;
}

/** The machine, where variables for a proxy in the environment of the tests are ignored. */
function withoutProxies(machine: Machine, kept: Readonly<Record<string, string>> = {}): Machine {
  const unset = PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()])
    .filter((name) => kept[name] === undefined)
    .map((name) => `--unset=${name}`);
  return { enter: (argv, folder) => machine.enter(["env", ...unset, ...argv], folder) };
}

async function openClientOn(machine: Machine, dockerHost: string, given?: string): Promise<DockerClient> {
  await using owned = new AsyncDisposableStack();
  const folder = given ?? owned.use(await openDockerConfiguration()).path;
  const parts = await clientParts(dockerHost, folder);
  const stack = owned.move();
  return createDockerClient({
    ...parts,
    enter: (argv, env, cwd) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      return withoutProxies(machine).enter(["env", ...variables, ...argv], cwd);
    },
    dispose: () => stack.disposeAsync(),
  });
}
