import assert from "node:assert/strict";
import {
  DISTRO_STATE,
  EMPTY_REGISTRY,
  findByName,
  listedDistros,
  type Registry,
  resolveDistro,
  versionOf,
  withDefault,
  withInstalling,
  without,
  withState,
} from "./registry.ts";
import { parseRegistry } from "./registry_file.ts";
import { failureText, WslFailure } from "./wsl_failure.ts";

const ONE = "{10000000-0000-0000-0000-000000000000}";
const TWO = "{20000000-0000-0000-0000-000000000000}";

function installing(registry: Registry, guid: string, name: string, basePath = `/srv/${name}`): Registry {
  return withInstalling(registry, { guid, name, basePath, version: 2, createdBasePath: true });
}

function installed(registry: Registry, guid: string, name: string): Registry {
  return withState(installing(registry, guid, name), guid, DISTRO_STATE.installed);
}

function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WslFailure) return failureText(error);
    throw error;
  }
  throw new assert.AssertionError({ message: "it succeeded" });
}

Deno.test("withInstalling() registers with the values of a WSL 2 distro", () => {
  assert.deepEqual(installing(EMPTY_REGISTRY, ONE, "Debian"), {
    DefaultVersion: 2,
    Distributions: {
      [ONE]: {
        DistributionName: "Debian",
        BasePath: "/srv/Debian",
        State: 3,
        Version: 2,
        Flags: 15,
        DefaultUid: 0,
        CreatedBasePath: true,
      },
    },
  });
});

Deno.test("withInstalling() registers a WSL 1 distro by its flags, as the real one does", () => {
  const one = { guid: ONE, name: "Old", basePath: "/srv/Old", version: 1, createdBasePath: true } as const;
  const entry = withInstalling(EMPTY_REGISTRY, one).Distributions[ONE]!;
  assert.deepEqual([entry.Flags, entry.Version, versionOf(entry)], [7, 2, 1]);
  assert.equal(versionOf({ Flags: 15 }), 2);
});

Deno.test("withInstalling() refuses a name or folder that is taken", () => {
  const registry = installed(EMPTY_REGISTRY, ONE, "Debian");
  const text = (name: string, basePath?: string) =>
    failureOf(() => installing(registry, TWO, name, basePath));
  assert.equal(
    text("DEBIAN"),
    "A distribution with the supplied name already exists.\nError code: Wsl/Service/RegisterDistro/ERROR_ALREADY_EXISTS\n",
  );
  assert.equal(
    text("other", "/srv/Debian"),
    "The supplied install location is already in use.\nError code: Wsl/Service/RegisterDistro/ERROR_FILE_EXISTS\n",
  );
  for (const name of ["", "a b", "ü", "x".repeat(257), "Legacy"]) {
    assert.equal(
      text(name),
      `Invalid distribution name: "${name}".\nError code: Wsl/Service/RegisterDistro/E_INVALIDARG\n`,
    );
  }
  const busy = installing(EMPTY_REGISTRY, ONE, "Debian");
  assert.equal(
    failureOf(() => installing(busy, TWO, "debian")),
    "An install, uninstall, or conversion is in progress for this distribution.\n" +
      "Error code: Wsl/Service/RegisterDistro/E_ILLEGAL_STATE_CHANGE\n",
  );
});

Deno.test("withState() makes the first installed distro the default", () => {
  const one = installed(EMPTY_REGISTRY, ONE, "one");
  assert.equal(one.DefaultDistribution, ONE);
  assert.equal(installed(one, TWO, "two").DefaultDistribution, ONE);
});

Deno.test("without() passes the default on", () => {
  const both = installed(installed(EMPTY_REGISTRY, ONE, "one"), TWO, "two");
  assert.equal(without(both, ONE).DefaultDistribution, TWO);
  assert.equal(without(both, TWO).DefaultDistribution, ONE);
  assert.deepEqual(without(without(both, ONE), TWO), EMPTY_REGISTRY);
});

Deno.test("listedDistros() begins with the default", () => {
  const both = installed(installed(EMPTY_REGISTRY, ONE, "one"), TWO, "two");
  const names = (registry: Registry) => listedDistros(registry).map(({ entry }) => entry.DistributionName);
  assert.deepEqual(names(both), ["one", "two"]);
  assert.deepEqual(names(withDefault(both, TWO)), ["two", "one"]);
});

Deno.test("resolveDistro() finds installed distros only", () => {
  const registry = installing(installed(EMPTY_REGISTRY, ONE, "one"), TWO, "two");
  assert.equal(resolveDistro(registry, { by: "name", name: "ONE" }).guid, ONE);
  assert.equal(resolveDistro(registry, { by: "guid", guid: ONE }).guid, ONE);
  assert.equal(resolveDistro(registry, { by: "default" }).guid, ONE);
  assert.equal(findByName(registry, "Two")?.guid, TWO);
  assert.equal(
    failureOf(() => resolveDistro(registry, { by: "name", name: "two" })),
    "There is no distribution with the supplied name.\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n",
  );
  assert.equal(
    failureOf(() => resolveDistro(registry, { by: "guid", guid: TWO })),
    "There is no distribution with the supplied name.\n" +
      "Error code: Wsl/Service/CreateInstance/ReadDistroConfig/WSL_E_DISTRO_NOT_FOUND\n",
  );
  assert.equal(
    failureOf(() => resolveDistro(EMPTY_REGISTRY, { by: "default" })),
    "Windows Subsystem for Linux has no installed distributions.\n" +
      "Import one with 'wsl --import <name> <folder> <archive>'.\n",
  );
});

Deno.test("parseRegistry() reads back what is written and says what is wrong with anything else", () => {
  const registry = installed(EMPTY_REGISTRY, ONE, "one");
  assert.deepEqual(parseRegistry(JSON.stringify(registry), "/r"), registry);
  const text = (json: string) => failureOf(() => parseRegistry(json, "/r"));
  const code = "\nError code: Wsl/Service/E_UNEXPECTED\n";
  assert.equal(text("{"), `Cannot read '/r': it is not JSON${code}`);
  assert.equal(text("[]"), `Cannot read '/r': 'Distributions' is missing${code}`);
  assert.equal(
    text(JSON.stringify({ Distributions: { [ONE]: {} } })),
    `Cannot read '/r': 'DistributionName' of '${ONE}' is missing${code}`,
  );
});
