import assert from "node:assert/strict";
import { join } from "node:path";
import { JANE_PASSWORD } from "../../support/ntlm_proxy/ntlm_messages.ts";
import { type NtlmProxyOptions, openNtlmProxy } from "../../support/ntlm_proxy/ntlm_proxy.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { openWine, type Wine } from "../support/wine.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/network/sign_in_program.ts");
const TUNNEL = "CONNECT registry.corp.example:443";
const USER = "CORP\\jane";

/** What a program in Windows gets from a proxy, and what the proxy sees of it. */
async function signIn(wine: Wine, options: NtlmProxyOptions, credentials: readonly string[]) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("here"),
  );
  await using _server = server;
  await using proxy = openNtlmProxy({ ...options, names: { "registry.corp.example": server.addr.port } });
  const { code, stdout, stderr } = await wine.run(wine.denoScript(SCRIPT, [`${proxy.port}`, ...credentials]));
  assert.equal(code, 0, stderr);
  const answer = JSON.parse(stdout);
  const seen = proxy.requests.map(({ line, connection, outcome }) => {
    assert.equal(line, TUNNEL);
    return `${connection}: ${outcome}`;
  });
  // Each test has a proxy of its own.
  return { answer: JSON.parse(JSON.stringify(answer).replaceAll(`:${proxy.port}:`, ":PORT:")), seen };
}

Deno.test("in deno.exe Windows signs in to a proxy by NTLM", async (t) => {
  await using wine = await openWine();

  await t.step("with a name and a password, on one connection", async () => {
    assert.deepEqual(await signIn(wine, {}, [USER, JANE_PASSWORD]), {
      answer: {
        status: "HTTP/1.1 200 Connection established",
        steps: ["NTLM over any", "NTLM over same"],
      },
      seen: ["0: 407", "0: 407 challenge", `0: passed as ${USER}`],
    });
  });

  await t.step("on a new connection when the proxy closes the first", async () => {
    const { seen } = await signIn(wine, { closesFirst: true }, [USER, JANE_PASSWORD]);
    assert.deepEqual(seen, ["0: 407", "1: 407 challenge", `1: passed as ${USER}`]);
  });

  await t.step("by Negotiate", async () => {
    const { answer, seen } = await signIn(wine, { offers: ["Negotiate", "NTLM"] }, [USER, JANE_PASSWORD]);
    assert.deepEqual(answer.steps, ["Negotiate over any", "Negotiate over same"]);
    assert.deepEqual(seen, ["0: 407", "0: 407 challenge", `0: passed as ${USER}`]);
  });

  await t.step("and says that a wrong password is refused", async () => {
    assert.deepEqual(await signIn(wine, {}, [USER, "wrong"]), {
      answer: {
        code: "WL_PROXY_SIGN_IN_REFUSED",
        message:
          "Cannot sign in to the proxy http://127.0.0.1:PORT: it refuses the user name and password, shown by NTLM",
      },
      seen: ["0: 407", "0: 407 challenge", `0: 407 wrong proof of ${USER}`],
    });
  });

  // Wine has no account of a domain; what Windows does with the one of its user is in docs/windows-checks.md.
  await t.step("and says that it cannot for a user without an account", async () => {
    assert.deepEqual(await signIn(wine, {}, []), {
      answer: {
        code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
        message: "Cannot sign in to the proxy http://127.0.0.1:PORT: Windows cannot sign in: " +
          "it does not understand what the other side said (0x80090308)",
      },
      seen: ["0: 407", "0: 407 challenge"],
    });
  });
});
