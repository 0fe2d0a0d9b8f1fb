/**
 * Runs inside deno.exe: asks the proxy on the given port for a tunnel, signs in with what Windows has, and prints what
 * came of it as JSON. The sign-in is that of the product; connections and heads are as simple as can be.
 *
 * Arguments: port, name and password (both may be empty).
 */
import { isWindlassError } from "../../../src/errors/windlass_error.ts";
import { loadSecurityPackages } from "../../../src/platform/this_security_package.ts";
import { createSignIns } from "../../../src/proxy/sign_in/proxy_sign_in.ts";
import type { ProxyAddress } from "../../../src/proxy/way.ts";
import { bufferConnection, type BufferedConnection } from "../../support/ntlm_proxy/buffered_connection.ts";

const NEVER = new AbortController().signal;
const [port = "", username = "", password = ""] = Deno.args;
const proxy: ProxyAddress = {
  scheme: "http",
  hostname: "127.0.0.1",
  port: Number(port),
  ...(username === "" ? {} : { credentials: { username, password } }),
};

async function askForTunnel(): Promise<{ readonly status: string; readonly steps: readonly string[] }> {
  const steps: string[] = [];
  using signIn = createSignIns({ loadPackages: loadSecurityPackages })(proxy);
  let connection = await connect();
  try {
    for (let authorization = signIn.first;;) {
      await connection.write(
        "CONNECT registry.corp.example:443 HTTP/1.1\r\nHost: registry.corp.example:443\r\n" +
          (authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`) + "\r\n",
      );
      const head = await connection.readHead() ?? "";
      const status = head.slice(0, head.indexOf("\r\n"));
      if (!status.includes(" 407 ")) return { status, steps };
      await skip(connection, Number(/^content-length: (\d+)/im.exec(head)?.[1]));
      const kept = !/^connection: close/im.test(head);
      const challenges = [...head.matchAll(/^proxy-authenticate: (.*)\r$/gim)].map(([, value]) => value!);
      const step = await signIn.answer({ challenges, kept }, NEVER);
      steps.push(`${step.authorization.split(" ")[0]} over ${step.connection}`);
      authorization = step.authorization;
      if (step.connection === "same" || kept && step.connection === "any") continue;
      connection[Symbol.dispose]();
      connection = await connect();
    }
  } finally {
    connection[Symbol.dispose]();
  }
}

async function connect(): Promise<BufferedConnection> {
  return bufferConnection(await Deno.connect(proxy));
}

async function skip(connection: BufferedConnection, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) left -= (await connection.read())?.length ?? left;
}

try {
  console.log(JSON.stringify(await askForTunnel()));
} catch (error) {
  if (!isWindlassError(error)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
