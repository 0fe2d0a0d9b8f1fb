import assert from "node:assert/strict";
import fc from "fast-check";
import { settled } from "../../tests/fakes/settled.ts";
import {
  REFUSALS,
  SOURCES_LEFT_ALONE,
  translateOnWindows,
  TRANSLATIONS,
} from "../../tests/fakes/windows_sources.ts";
import { NEVER } from "../timing/sleep.ts";
import { type BodySubject, translateBody } from "./paths/host_paths.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** The body as the engine gets it, or the refusal. */
function sent(body: string, subject: BodySubject): string {
  const result = settled(translateBody(ENCODER.encode(body), subject, translateOnWindows, NEVER));
  switch (result.kind) {
    case "unchanged":
      return body;
    case "changed":
      return DECODER.decode(result.body);
    case "refused":
      return result.message;
  }
}

interface Place {
  readonly name: string;
  readonly subject: BodySubject;
  /** A request with the source there, among all that must not change. */
  body(source: string): string;
}

const text = JSON.stringify;
const EXTRA = '"Memory":9007199254740993,"Cpu":1.0e+2,"New":{"nested":[18446744073709551615, null]}';

function binds(options: string): Place {
  return {
    name: `Binds with '${options}'`,
    subject: "container",
    body: (source) => `{"HostConfig":{${EXTRA},"Binds":[${text(`${source}:/target${options}`)}, "v:/w"]}}`,
  };
}

function mount(name: string, subject: BodySubject, around: (mounts: string) => string): Place {
  return {
    name,
    subject,
    body: (source) =>
      around(
        `[ {"Type":"bind" , "Source": ${text(source)},"Target":"/t","ReadOnly":true,"Consistency":"cached",` +
          `"BindOptions":{"Propagation":"rslave","CreateMountpoint":true,${EXTRA}}},{"Type":"tmpfs","Target":"/u"}]`,
      ),
  };
}

function volumeOptions(source: string): string {
  return `{"type":"none","o":"rw,bind","device":${text(source)},"other":"C:\\\\x"}`;
}

const PLACES: readonly Place[] = [
  ...["", ":ro", ":rw,z", ":cached", ":ro,rslave,nocopy"].map(binds),
  mount("Mounts", "container", (mounts) => `{"Env":["A=C:\\\\x"],"HostConfig":{"Mounts":${mounts}}}`),
  mount(
    "Mounts with keys in other cases",
    "container",
    (mounts) => `{"hostConfig":{"mounts":${mounts.replace("Type", "type").replace("Source", "SOURCE")}}}`,
  ),
  mount(
    "a service's mounts",
    "service",
    (mounts) =>
      `{"Name":"s","TaskTemplate":{"ContainerSpec":{"Mounts":${mounts}}},"Labels":{"Source":"C:\\\\x"}}`,
  ),
  {
    name: "the options of a volume in Mounts",
    subject: "container",
    body: (source) =>
      `{"HostConfig":{"Mounts":[{"Type":"volume","Source":"v","Target":"/t","VolumeOptions":{` +
      `"DriverConfig":{"Name":"local","Options":${volumeOptions(source)}},${EXTRA}}}]}}`,
  },
  {
    name: "the options of a volume in a service",
    subject: "service",
    body: (source) =>
      `{"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Type":"volume","VolumeOptions":{` +
      `"DriverConfig":{"Options":${volumeOptions(source)}}}}]}}}`,
  },
  {
    name: "the options of a new volume",
    subject: "volume",
    body: (source) => `{"Name":"v","Driver":"local","DriverOpts":${volumeOptions(source)},${EXTRA}}`,
  },
];

for (const { name, subject, body } of PLACES) {
  Deno.test(`a Windows path in ${name} is translated in place`, () => {
    for (const [source, expected] of TRANSLATIONS) {
      const translated = sent(body(source), subject);
      assert.equal(translated, body(expected), source);
      assert.equal(sent(translated, subject), translated, `${source}, the second time`);
    }
  });

  Deno.test(`a Windows path in ${name} that the engine cannot have is refused`, () => {
    for (const [source, reason] of REFUSALS) {
      assert.equal(sent(body(source), subject), `Cannot mount '${source}': ${reason}`);
    }
  });

  Deno.test(`anything but a Windows path in ${name} stays`, () => {
    for (const source of SOURCES_LEFT_ALONE) assert.equal(sent(body(source), subject), body(source), source);
  });
}

Deno.test("a volume with a name of one letter stays a volume", () => {
  for (const bind of ["c:/y", "c:/y:ro", "C:/data:rw,z", "x:/y:cached", "/y", "c"]) {
    const body = text({ HostConfig: { Binds: [bind] } });
    assert.equal(sent(body, "container"), body);
  }
});

Deno.test("a share of a CIFS volume stays: the engine mounts it itself", () => {
  const body = '{"DriverOpts":{"type":"cifs","device":"\\\\\\\\nas\\\\music","o":"username=me"}}';
  assert.equal(sent(body, "volume"), body);
});

Deno.test("a mount of the engine's pipe becomes a bind of its socket", () => {
  const body = (type: string, source: string) =>
    text({ HostConfig: { Mounts: [{ Type: type, Source: source, Target: "/var/run/docker.sock" }] } });
  for (const source of ["\\\\.\\pipe\\docker_engine", "//./pipe/docker_engine"]) {
    assert.equal(sent(body("npipe", source), "container"), body("bind", "/run/docker.sock"));
  }
  assert.equal(sent(body("npipe", "C:\\x"), "container"), body("npipe", "C:\\x"));
  assert.match(
    sent(body("npipe", "\\\\.\\pipe\\other"), "container"),
    /^Cannot mount '\\\\\.\\pipe\\other': /,
  );
});

Deno.test("a mount of the engine's pipe at a pipe is refused", () => {
  const pipe = "\\\\.\\pipe\\docker_engine";
  const body = text({ HostConfig: { Mounts: [{ Type: "npipe", Source: pipe, Target: pipe }] } });
  assert.equal(
    sent(body, "container"),
    `Cannot mount '${pipe}': a Linux container has no pipes of Windows; mount it at '/var/run/docker.sock', where it is a socket`,
  );
});

Deno.test("a path with a colon fits into Mounts and is refused in Binds", () => {
  const source = "\\\\wsl$\\windlass\\a\uf03ab";
  const mounts = (path: string) => text({ HostConfig: { Mounts: [{ Type: "bind", Source: path }] } });
  assert.equal(sent(mounts(source), "container"), mounts("/a:b"));
  assert.equal(
    sent(text({ HostConfig: { Binds: [`${source}:/t`] } }), "container"),
    `Cannot mount '${source}': its name has a colon, which ends a path in this form; use '--mount' instead of '-v'`,
  );
});

Deno.test("one refused path among many is named, the first of them", () => {
  const binds = ["C:\\a:/a", "\\\\nas\\one:/b", "\\\\nas\\two:/c"];
  assert.match(sent(text({ HostConfig: { Binds: binds } }), "container"), /^Cannot mount '\\\\nas\\one': /);
});

type Tree = string | boolean | null | { number: string } | Tree[] | { entries: [string, Tree][] };
type Entry = [string, Tree];

const NAME = fc.oneof(
  fc.constantFrom("Type", "Image", "\ufeffBinds"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const LEAF: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom("bind", "volume", "C:\\a:/b:ro", "C:\\a", "/c/x:/y", "\\\\?\\D:\\ü:/t", ""),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.bigInt().map((value) => ({ number: value.toString() })),
  fc.constantFrom(true, false, null),
);
const ANY: fc.Arbitrary<Tree> = fc.oneof(LEAF, fc.array(LEAF, { maxLength: 3 }));

/** An object with these members in any order and case, some of them missing or given twice, among others. */
function shuffled(members: readonly fc.Arbitrary<Entry>[], exactCase = false): fc.Arbitrary<Tree> {
  const known = fc.tuple(fc.oneof(...members), fc.constantFrom("same", "lower", "upper"))
    .map(([[key, value], form]): Entry => {
      if (exactCase || form === "same") return [key, value];
      return [form === "lower" ? key.toLowerCase() : key.toUpperCase(), value];
    });
  return fc.array(fc.oneof({ weight: 3, arbitrary: known }, fc.tuple(NAME, ANY)), { maxLength: 7 })
    .map((entries) => ({ entries }));
}

function entry(key: string, value: fc.Arbitrary<Tree>): fc.Arbitrary<Entry> {
  return fc.tuple(fc.constant(key), fc.oneof({ weight: 5, arbitrary: value }, ANY));
}

const OPTIONS = shuffled([
  entry("o", fc.constantFrom("bind", "ro,rbind", "x")),
  entry("device", fc.constantFrom("C:\\v", "/d/v")),
], true);
const DRIVER = shuffled([entry("Name", fc.constantFrom("local", "")), entry("Options", OPTIONS)]);
const MOUNT = shuffled([
  entry("Type", fc.constantFrom("bind", "bind", "volume")),
  entry("Source", fc.constantFrom("C:\\m", "v", "d:/m")),
  entry("VolumeOptions", shuffled([entry("DriverConfig", DRIVER)])),
]);
const MOUNTS = entry("Mounts", fc.array(MOUNT, { maxLength: 3 }));
const BINDS = entry("Binds", fc.array(fc.oneof(fc.constant("C:\\b:/t:ro"), LEAF), { maxLength: 3 }));
const BODIES: fc.Arbitrary<readonly [BodySubject, Tree]> = fc.oneof(
  fc.tuple(fc.constant<BodySubject>("container"), shuffled([entry("HostConfig", shuffled([BINDS, MOUNTS]))])),
  fc.tuple(
    fc.constant<BodySubject>("service"),
    shuffled([entry("TaskTemplate", shuffled([entry("ContainerSpec", shuffled([MOUNTS]))]))]),
  ),
  fc.tuple(
    fc.constant<BodySubject>("volume"),
    shuffled([entry("Driver", fc.constantFrom("local", "nfs")), entry("DriverOpts", OPTIONS)]),
  ),
);

/** JSON with numbers of any length, duplicate keys, and white space. */
function written(tree: Tree, space: string): string {
  if (tree === null || typeof tree !== "object") return text(tree);
  if (Array.isArray(tree)) {
    return `[${space}${tree.map((item) => written(item, space)).join(`${space},`)}${space}]`;
  }
  if ("number" in tree) return tree.number;
  const members = tree.entries.map(([key, value]) => `${space}${text(key)}${space}:${written(value, space)}`);
  return `{${members.join(",")}${space}}`;
}

/** All strings of the body, in order; and the body with each of them replaced by a mark. */
function withoutStrings(body: string): { strings: string[]; frame: string } {
  const strings: string[] = [];
  const frame = body.replaceAll(/"(?:[^"\\]|\\.)*"/gs, (string) => {
    strings.push(JSON.parse(string));
    return "@";
  });
  return { strings, frame };
}

Deno.test("translateBody() changes strings that are paths and not a byte beside them", () => {
  let changed = 0;
  const runs = 1000;
  fc.assert(
    fc.property(BODIES, fc.constantFrom("", " ", "\n\t"), ([subject, tree], space) => {
      const body = written(tree, space);
      JSON.parse(body); // what is generated is JSON, so that what comes out must be
      const result = settled(translateBody(ENCODER.encode(body), subject, translateOnWindows, NEVER));
      if (result.kind !== "changed") return;
      changed++;
      const after = DECODER.decode(result.body);
      JSON.parse(after);
      const was = withoutStrings(body);
      const is = withoutStrings(after);
      assert.equal(is.frame, was.frame);
      for (const [index, string] of was.strings.entries()) {
        if (is.strings[index] === string) continue;
        assert.match(is.strings[index]!, /^\/mnt\/[cd]\b/, string);
      }
    }),
    { numRuns: runs },
  );
  assert.ok(changed > runs / 10, `${changed} of ${runs} bodies were changed`);
});
