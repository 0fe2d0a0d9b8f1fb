import assert from "node:assert/strict";
import type {
  OpenSecurityContext,
  SecurityContextOptions,
  SecurityStep,
} from "../../platform/security_package.ts";
import type { ProxyAddress } from "../way.ts";
import { createSignIns } from "./proxy_sign_in.ts";
import type { SignIn, SignInStep } from "./sign_in.ts";

const NEVER = new AbortController().signal;
const PROXY: ProxyAddress = { scheme: "http", hostname: "proxy.corp.example", port: 8080 };
const JANE: ProxyAddress = { ...PROXY, credentials: { username: "CORP\\jane", password: "pä:ss" } };
const JANE_BASIC = `Basic ${new TextEncoder().encode("CORP\\jane:pä:ss").toBase64()}`;
const REFUSED =
  "Cannot sign in to the proxy http://proxy.corp.example:8080: it refuses the user name and password, shown by Basic";

/** Packages that say `step 1`, `step 2`, …, or what is given. */
class FakePackages {
  readonly opened: SecurityContextOptions[] = [];
  readonly heard: (string | null)[] = [];
  disposed = 0;
  readonly #steps: Partial<Record<string, readonly SecurityStep[]>>;

  constructor(steps: Partial<Record<string, readonly SecurityStep[]>> = {}) {
    this.#steps = steps;
  }

  readonly open: OpenSecurityContext = (options) => {
    this.opened.push(options);
    let step = 0;
    return {
      next: (token) => {
        this.heard.push(token && new TextDecoder().decode(token));
        const given = this.#steps[options.package]?.[step];
        step++;
        return Promise.resolve(given ?? { token: new TextEncoder().encode(`step ${step}`) });
      },
      [Symbol.dispose]: () => void this.disposed++,
    };
  };
}

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

function signIns(packages?: FakePackages, now?: () => number) {
  return createSignIns({ loadPackages: () => Promise.resolve(packages?.open), ...(now ? { now } : {}) });
}

async function answer(signIn: SignIn, challenges: readonly string[], kept = true): Promise<SignInStep> {
  return await signIn.answer({ challenges, kept }, NEVER);
}

Deno.test("a sign-in shows name and password by Basic, in UTF-8", async () => {
  using signIn = signIns()(JANE);
  assert.equal(signIn.first, undefined);
  assert.deepEqual(await answer(signIn, ["NTLM", 'Basic realm="proxy"'], false), {
    authorization: JANE_BASIC,
    connection: "any",
  });
  assert.equal(signIn.ofConnection, false);
});

Deno.test("a sign-in shows credentials unasked once the proxy has taken them", async () => {
  const open = signIns();
  {
    using signIn = open(JANE);
    await answer(signIn, ["Basic"]);
    signIn.succeeded();
  }
  using next = open(JANE);
  assert.equal(next.first, JANE_BASIC);
  using other = open({ ...JANE, credentials: { username: "joe", password: "x" } });
  assert.equal(other.first, undefined);
});

Deno.test("a sign-in does not show refused credentials again for ten minutes", async () => {
  let now = 0;
  const open = signIns(undefined, () => now);
  const refused = { code: "WL_PROXY_SIGN_IN_REFUSED", message: REFUSED };
  {
    using signIn = open(JANE);
    await answer(signIn, ["Basic"]);
    await assert.rejects(answer(signIn, ["Basic"]), refused);
  }
  now = 10 * 60_000 - 1;
  for (let request = 0; request < 3; request++) {
    using signIn = open(JANE);
    assert.equal(signIn.first, undefined);
    await assert.rejects(answer(signIn, ["Basic"]), refused);
  }
  now++;
  using signIn = open(JANE);
  assert.equal((await answer(signIn, ["Basic"])).authorization, JANE_BASIC);
});

Deno.test("a sign-in says so when credentials that were good are refused", async () => {
  const open = signIns();
  {
    using signIn = open(JANE);
    await answer(signIn, ["Basic"]);
    signIn.succeeded();
  }
  using next = open(JANE);
  await assert.rejects(answer(next, ["Basic"]), { message: REFUSED });
  using last = open(JANE);
  assert.equal(last.first, undefined);
});

Deno.test("a sign-in waits while another tries credentials that are not known to be good", async () => {
  const open = signIns();
  const requests = Array.from({ length: 40 }, () => open(JANE));
  const shown: string[] = [];
  const outcomes = await Promise.all(requests.map(async (signIn) => {
    using _ended = signIn;
    try {
      shown.push((await answer(signIn, ["Basic"])).authorization);
      await answer(signIn, ["Basic"]);
      return "accepted";
    } catch (error) {
      return (error as Error).message;
    }
  }));
  assert.deepEqual(outcomes, Array(40).fill(REFUSED));
  assert.deepEqual(shown, [JANE_BASIC]);
});

Deno.test("a sign-in that waits for another continues once that was accepted, and ends with its signal", async () => {
  const open = signIns();
  using first = open(JANE);
  await answer(first, ["Basic"]);
  using second = open(JANE);
  using third = open(JANE);
  const aborter = new AbortController();
  const waiting = answer(second, ["Basic"]);
  const aborted = third.answer({ challenges: ["Basic"], kept: true }, aborter.signal);
  aborter.abort(new Error("the client went away"));
  await assert.rejects(aborted, { message: "the client went away" });
  first.succeeded();
  assert.equal((await waiting).authorization, JANE_BASIC);
});

Deno.test("a sign-in is not good because nothing came of its request", async () => {
  const open = signIns();
  const broken = open(JANE);
  await answer(broken, ["Basic"]);
  broken[Symbol.dispose]();
  assert.equal(open(JANE).first, undefined);
});

Deno.test("a sign-in waits for no other without end, whose request may never be answered", async () => {
  const open = createSignIns({ loadPackages: () => Promise.resolve(undefined), trialMilliseconds: 1 });
  using first = open(JANE);
  await answer(first, ["Basic"]);
  using second = open(JANE);
  assert.equal((await answer(second, ["Basic"])).authorization, JANE_BASIC);
});

Deno.test("a sign-in by NTLM is one exchange on one connection", async () => {
  const packages = new FakePackages();
  {
    using signIn = signIns(packages)(PROXY);
    assert.deepEqual(await answer(signIn, ["NTLM", "Basic"], false), {
      authorization: `NTLM ${base64("step 1")}`,
      connection: "any",
    });
    assert.deepEqual(await answer(signIn, [`NTLM ${base64("challenge")}`]), {
      authorization: `NTLM ${base64("step 2")}`,
      connection: "same",
    });
    assert.equal(signIn.ofConnection, true);
  }
  assert.deepEqual(packages.opened, [{ package: "NTLM", hostname: "proxy.corp.example" }]);
  assert.deepEqual(packages.heard, [null, "challenge"]);
  assert.equal(packages.disposed, 1);
});

Deno.test("a sign-in takes Negotiate before NTLM, and NTLM on a new connection once that is refused", async () => {
  const packages = new FakePackages();
  const open = signIns(packages);
  {
    using signIn = open(PROXY);
    assert.deepEqual(await answer(signIn, ["NTLM", "Negotiate"]), {
      authorization: `Negotiate ${base64("step 1")}`,
      connection: "any",
    });
    assert.deepEqual(await answer(signIn, ["NTLM", "Negotiate"]), {
      authorization: `NTLM ${base64("step 1")}`,
      connection: "new",
    });
    await answer(signIn, [`NTLM ${base64("challenge")}`]);
    signIn.succeeded();
  }
  assert.equal(packages.disposed, 2);
  using next = open(PROXY);
  assert.equal((await answer(next, ["NTLM", "Negotiate"])).authorization, `NTLM ${base64("step 1")}`);
});

Deno.test("a sign-in passes over a package that the system cannot use", async () => {
  const packages = new FakePackages({ Negotiate: [{ failure: "it cannot reach the domain (0x80090311)" }] });
  using signIn = signIns(packages)(PROXY);
  const step = await answer(signIn, ["Negotiate", "NTLM"]);
  assert.equal(step.authorization, `NTLM ${base64("step 1")}`);
});

Deno.test("a sign-in hands credentials to the system where the proxy does not take Basic", async () => {
  const packages = new FakePackages();
  using signIn = signIns(packages)(JANE);
  await answer(signIn, ["NTLM"]);
  assert.deepEqual(packages.opened, [{
    package: "NTLM",
    hostname: "proxy.corp.example",
    credentials: JANE.credentials,
  }]);
});

Deno.test("a sign-in says why there is none", async () => {
  const cases: readonly {
    readonly packages?: FakePackages;
    readonly proxy?: ProxyAddress;
    readonly says: readonly (readonly string[])[];
    readonly kept?: boolean;
    readonly code: string;
    readonly state: string;
  }[] = [
    {
      says: [['Basic realm="proxy"', "NTLM"]],
      code: "WL_PROXY_CREDENTIALS_NEEDED",
      state: "it asks for a user name and password",
    },
    {
      proxy: JANE,
      says: [["NTLM", "Negotiate"]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "it asks for NTLM and Negotiate, and Windlass can do Basic on this system",
    },
    {
      packages: new FakePackages(),
      says: [['Digest realm="x"', "hawk"]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "it asks for Digest and hawk, and Windlass can do Basic, NTLM and Negotiate on this system",
    },
    { says: [[]], code: "WL_PROXY_SIGN_IN_UNSUPPORTED", state: "it does not say how" },
    {
      packages: new FakePackages({ NTLM: [{ failure: "it has no credentials for it (0x8009030e)" }] }),
      says: [["NTLM"]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "Windows cannot sign in: it has no credentials for it (0x8009030e)",
    },
    {
      packages: new FakePackages(),
      says: [["NTLM"], [`NTLM ${base64("challenge")}`], ["NTLM"]],
      code: "WL_PROXY_SIGN_IN_REFUSED",
      state: "it refuses your account, shown by NTLM",
    },
    {
      packages: new FakePackages(),
      says: [["NTLM"], ["NTLM"]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "it does not continue NTLM",
    },
    {
      packages: new FakePackages(),
      says: [["NTLM"], [`NTLM ${base64("challenge")}`]],
      kept: false,
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "it closes the connection in the middle of NTLM",
    },
    {
      packages: new FakePackages(),
      says: [["NTLM"], ["NTLM A"]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "the proxy's answer is not base64",
    },
    {
      packages: new FakePackages({
        Negotiate: [{ token: new Uint8Array([1]) }, { token: new Uint8Array(0) }],
      }),
      says: [["Negotiate"], [`Negotiate ${base64("more")}`]],
      code: "WL_PROXY_SIGN_IN_UNSUPPORTED",
      state: "the proxy asks for more after the last step",
    },
    {
      packages: new FakePackages(),
      says: [["NTLM"], ...Array(20).fill([`NTLM ${base64("again")}`])],
      code: "WL_PROXY_SIGN_IN_REFUSED",
      state: "it asks again and again",
    },
  ];
  for (const { packages, proxy = PROXY, says, kept = true, code, state } of cases) {
    using signIn = signIns(packages)(proxy);
    await assert.rejects(
      async () => {
        for (const challenges of says) await answer(signIn, challenges, kept);
      },
      { code, message: `Cannot sign in to the proxy http://proxy.corp.example:8080: ${state}` },
    );
  }
});
