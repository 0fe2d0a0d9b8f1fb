import type { NetworkReport } from "../../../src/api/resources/network.ts";
import { type DockerClient, openDockerConfiguration } from "../docker_client.ts";
import type { StartedWindlass } from "../windlass_instance.ts";
import { type Authority, openAuthority } from "./authority.ts";
import { ADDRESSES, type CompanyNetwork, openCompanyNetwork } from "./company_network.ts";
import { type CompanyProxy, type Credentials, openSquid } from "./proxies.ts";
import { openRegistry, type Registry } from "./registry.ts";
import { pushBusybox } from "./registry_images.ts";
import { openWebServer, type WebServer } from "./web_server.ts";

/** What `docker login` wants at the private registry. Both have characters that a URL has to escape. */
export const LOGIN: Credentials = { user: "me@company", password: "p@ss:w/rd#1" };

/** The image that the open registry has. */
export const IMAGE = "registry.internet.test/busybox:1";
/** The registry that wants {@linkcode LOGIN}, empty at first. */
export const PRIVATE_REGISTRY = "private.internet.test:5443";
/** A page of the internet, over plain HTTP. */
export const PAGE = "http://www.internet.test/hello";
/** What {@linkcode PAGE} says. */
export const PAGE_TEXT = "hello of the internet";

/** The port of the company's proxy at {@linkcode ADDRESSES}. */
export const PROXY_PORT = 3128;

/** What differs between labs. */
export interface CompanyLabOptions {
  /** What the company's proxy wants. */
  readonly signIn?: Credentials;
  /** Variables that Windlass is started with. */
  readonly env?: Record<string, string>;
  /** Whether the company's proxy opens TLS, and shows certificates that the authority's intermediate has signed. */
  readonly inspects?: boolean;
  /** Whether the user's machine trusts the company's authority from the start. @default {true} */
  readonly trusted?: boolean;
}

/** A company with its servers, and Windlass with a Docker CLI on the user's machine. */
export interface CompanyLab extends AsyncDisposable {
  readonly company: CompanyNetwork;
  readonly authority: Authority;
  readonly squid: CompanyProxy;
  /** Has {@linkcode IMAGE}. Its certificate is signed by the authority's intermediate. */
  readonly registry: Registry;
  readonly privateRegistry: Registry;
  readonly web: WebServer;
  readonly windlass: StartedWindlass;
  readonly docker: DockerClient;
  /** What `windlass network --json` says. */
  report(): Promise<NetworkReport>;
}

/** Opens all of it. Windlass knows the user's Docker configuration, as it does on a real machine. */
export async function openCompanyLab(options: CompanyLabOptions = {}): Promise<CompanyLab> {
  const { signIn, env = {}, inspects = false, trusted = true } = options;
  await using owned = new AsyncDisposableStack();
  const company = owned.use(await openCompanyNetwork());
  const authority = owned.use(await openAuthority());
  const { servers, machine } = company;
  if (trusted) await machine.trust(authority.root, authority.intermediate);
  const onGateway = { machine: servers, address: ADDRESSES.gateway };
  const onInternet = { machine: servers, address: ADDRESSES.outside };
  const squid = owned.use(
    await openSquid({
      ...onGateway,
      port: PROXY_PORT,
      ...(signIn === undefined ? {} : { credentials: signIn }),
      ...(inspects
        ? { inspector: { certificate: authority.intermediate, key: authority.intermediateKey } }
        : {}),
    }),
  );
  const web = owned.use(await openWebServer({ ...onInternet, port: 80 }));
  await web.write("hello", `${PAGE_TEXT}\n`);
  const tls = await authority.issue("registry.internet.test", "private.internet.test");
  const registry = owned.use(await openRegistry({ ...onInternet, port: 443, tls }));
  await pushBusybox(registry, { name: "busybox:1", machine: servers });
  const privateRegistry = owned.use(
    await openRegistry({ ...onInternet, port: 5443, tls, credentials: LOGIN }),
  );
  const configuration = owned.use(await openDockerConfiguration()).path;
  const windlass = owned.use(await company.startWindlass({ env: { ...env, DOCKER_CONFIG: configuration } }));
  const docker = owned.use(await company.openDockerClient(windlass.dockerHost, configuration));
  const stack = owned.move();
  return {
    company,
    authority,
    squid,
    registry,
    privateRegistry,
    web,
    windlass,
    docker,
    report: async () => JSON.parse(await windlass.run(["network", "--json"])),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The URL of the company's proxy, with what it wants. */
export function proxyUrl(signIn?: Credentials, port = PROXY_PORT): string {
  const user = signIn === undefined
    ? ""
    : `${encodeURIComponent(signIn.user)}:${encodeURIComponent(signIn.password)}@`;
  return `http://${user}proxy.company.test:${port}`;
}

/** The variables that lead there, as a shell profile of the company sets them. */
export function proxyVariables(signIn?: Credentials): Record<string, string> {
  const url = proxyUrl(signIn);
  return { http_proxy: url, https_proxy: url, no_proxy: "localhost,127.0.0.1,.company.test" };
}
