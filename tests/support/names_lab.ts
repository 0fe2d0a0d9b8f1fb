import { type FakeNameServer, openFakeNameServer } from "./fake_name_server.ts";
import type { DockerClient } from "./docker_client.ts";
import { openOwnAddress } from "./own_address.ts";
import { TEST_IMAGE } from "./test_image.ts";
import type { WindlassInstance } from "./windlass_instance.ts";

/** Name servers of the machine, and how the engine distro is given them. */
export interface NamesLab extends AsyncDisposable {
  readonly servers: readonly FakeNameServer[];
  /** What resolv.conf of the distro says from now on, as WSL would write it. */
  configure(...lines: string[]): Promise<void>;
  /** All servers are good again and have forgotten their questions. */
  reset(): void;
}

/** Opens name servers on loopback addresses that are added to this machine and removed at the end. */
export async function openNamesLab(windlass: WindlassInstance, count: number): Promise<NamesLab> {
  await using owned = new AsyncDisposableStack();
  const servers: FakeNameServer[] = [];
  for (let last = 1; last <= count; last++) {
    const { address } = owned.use(await openOwnAddress(last));
    servers.push(owned.use(await openFakeNameServer(address)));
  }
  const stack = owned.move();
  return {
    servers,
    configure: async (...lines) => {
      const text = lines.map((line) => `${line}\\n`).join("");
      await inDistro(windlass, `printf '${text}' > /etc/resolv.conf`);
    },
    reset: () => {
      for (const server of servers) {
        server.mode = "good";
        server.questions.length = 0;
        server.askedAt.clear();
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Runs a line of sh as root in the engine distro. */
export async function inDistro(windlass: WindlassInstance, line: string): Promise<string> {
  const { name } = (await windlass.status()).distro;
  return await windlass.run(["wsl", "-d", name, "-u", "root", "--exec", "/bin/sh", "-c", line]);
}

/** Starts a container that does nothing, for `docker exec`. */
export async function startIdle(docker: DockerClient, name: string, ...options: string[]): Promise<void> {
  await docker.run(["run", "-d", "--init", "--name", name, ...options, TEST_IMAGE, "sleep", "3600"]);
}

/**
 * The addresses of a name in a container, or what is said instead of them. The name server has its own limit, far below the
 * one that is set here.
 */
export async function lookUp(
  docker: DockerClient,
  container: string,
  name: string,
  type = "a",
): Promise<string> {
  const options = [`-type=${type}`, "-timeout=40", "-retry=16"];
  const { stdout } = await docker.attempt(["exec", container, "nslookup", ...options, name]);
  const answer = stdout.slice(stdout.indexOf("\n\n"));
  const found = [...answer.matchAll(/Address: (\S+)/g)].map(([, address]) => address);
  if (found.length > 0) return found.join(" ");
  return /SERVFAIL|NXDOMAIN|REFUSED|timed out|No answer/.exec(stdout)?.[0] ?? answer.trim();
}

/** What the container's name server answers to these questions on one TCP connection: each message. */
export async function askOverTcp(
  docker: DockerClient,
  container: string,
  names: readonly string[],
  server = "$(awk '/^nameserver/{print $2; exit}' /etc/resolv.conf)",
): Promise<Uint8Array[]> {
  const frames = names.flatMap((name, index) => {
    const labels = name.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
    const query = [0x12, index, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1];
    return [0, query.length, ...query];
  });
  const octal = frames.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  const line = `printf '${octal}' | nc -w 30 ${server} 53 | base64`;
  const encoded = await docker.run(["exec", container, "sh", "-c", line]);
  const bytes = Uint8Array.from(atob(encoded.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  const messages: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const end = offset + 2 + (bytes[offset]! << 8 | bytes[offset + 1]!);
    messages.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  return messages;
}
