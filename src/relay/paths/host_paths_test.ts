import assert from "node:assert/strict";
import fc from "fast-check";
import { settled } from "../../../tests/fakes/settled.ts";
import { NEVER } from "../../timing/sleep.ts";
import { type BodySubject, translateBody } from "./host_paths.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Translates paths below `/home` and nothing else. */
function translate(source: string): string | undefined {
  return source.startsWith("/home") ? `/mnt/c${source}` : undefined;
}

function translated(body: string, subject: BodySubject): string | undefined {
  const result = settled(translateBody(ENCODER.encode(body), subject, translate, NEVER));
  if (result.kind === "refused") return result.message;
  return result.kind === "changed" ? DECODER.decode(result.body) : undefined;
}

/** Name, subject, body, the body after translation. */
const CASES: readonly (readonly [string, BodySubject, string, string])[] = [
  [
    "binds",
    "container",
    '{"Image":"a","HostConfig":{"Binds":["/home/x:/y:ro,z", "v:/w","/home/\\u0061:/b"]}}',
    '{"Image":"a","HostConfig":{"Binds":["/mnt/c/home/x:/y:ro,z", "v:/w","/mnt/c/home/a:/b"]}}',
  ],
  [
    "bind mounts",
    "container",
    '{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/home/x","Target":"/home/t","Consistency":"cached"}]}}',
    '{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/mnt/c/home/x","Target":"/home/t","Consistency":"cached"}]}}',
  ],
  [
    "a bind mount whose type comes last, keys in other cases",
    "container",
    '{"hostconfig":{"MOUNTS":[{"source":"/home/x","type":"volume","Type":"bind"}]}}',
    '{"hostconfig":{"MOUNTS":[{"source":"/mnt/c/home/x","type":"volume","Type":"bind"}]}}',
  ],
  [
    "a volume mount that is a bind",
    "container",
    '{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Name":"local",' +
    '"Options":{"type":"none","o":"ro,bind","device":"/home/x"}}}}]}}',
    '{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Name":"local",' +
    '"Options":{"type":"none","o":"ro,bind","device":"/mnt/c/home/x"}}}}]}}',
  ],
  [
    "duplicates, which the decoder merges",
    "container",
    '{"HostConfig":{"Binds":["/home/a:/b"]},"HostConfig":{"Binds":["/home/c:/d"]}}',
    '{"HostConfig":{"Binds":["/mnt/c/home/a:/b"]},"HostConfig":{"Binds":["/mnt/c/home/c:/d"]}}',
  ],
  [
    "numbers, spacing and unknown fields around a path",
    "container",
    '{ "HostConfig" : {"Memory":9223372036854775807,"X":1e400,\n"Binds":[ "/home/x:/y" ],"Ünknown":{"é":"\\u00e9"}}}\n',
    '{ "HostConfig" : {"Memory":9223372036854775807,"X":1e400,\n"Binds":[ "/mnt/c/home/x:/y" ],"Ünknown":{"é":"\\u00e9"}}}\n',
  ],
  [
    "a volume that is a bind",
    "volume",
    '{"Name":"v","DriverOpts":{"device":"/home/x","o":"rbind","type":"none"}}',
    '{"Name":"v","DriverOpts":{"device":"/mnt/c/home/x","o":"rbind","type":"none"}}',
  ],
  [
    "a service's mounts",
    "service",
    '{"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"i","Mounts":[{"Type":"bind","Source":"/home/x"},' +
    '{"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"o":"bind","device":"/home/y"}}}}]}}}',
    '{"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"i","Mounts":[{"Type":"bind","Source":"/mnt/c/home/x"},' +
    '{"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"o":"bind","device":"/mnt/c/home/y"}}}}]}}}',
  ],
];

for (const [name, subject, body, expected] of CASES) {
  Deno.test(`translateBody() translates ${name}`, () => assert.equal(translated(body, subject), expected));
}

/** Why nothing changes, subject, body. */
const UNCHANGED: readonly (readonly [string, BodySubject, string])[] = [
  ["binds outside HostConfig", "container", '{"Binds":["/home/x:/y"]}'],
  ["a mount of another type", "container", '{"HostConfig":{"Mounts":[{"Type":"npipe","Source":"/home/x"}]}}'],
  ["a mount without type", "container", '{"HostConfig":{"Mounts":[{"Source":"/home/x"}]}}'],
  ["a target alone", "container", '{"HostConfig":{"Binds":["/home/x"]}}'],
  ["a field with another meaning", "container", '{"HostConfig":{"Devices":[{"PathOnHost":"/home/x"}]}}'],
  ["a volume of another driver", "volume", '{"Driver":"nfs","DriverOpts":{"device":"/home/x","o":"bind"}}'],
  [
    "a volume that is not a bind",
    "volume",
    '{"DriverOpts":{"device":"/home/x","o":"addr=10.0.0.1","type":"nfs"}}',
  ],
  [
    "options in another case, which are keys of a map",
    "volume",
    '{"DriverOpts":{"Device":"/home/x","O":"bind"}}',
  ],
  ["a body that ends early", "container", '{"HostConfig":{"Binds":["/home/x:/y"'],
  ["a body that is not an object", "container", '["/home/x:/y"]'],
  ["values of unexpected kinds", "container", '{"HostConfig":{"Binds":{"a":1},"Mounts":[1,null,"x"]}}'],
  ["no body", "container", ""],
];

for (const [reason, subject, body] of UNCHANGED) {
  Deno.test(`translateBody() changes nothing for ${reason}`, () =>
    assert.equal(translated(body, subject), undefined));
}

const SOURCE = fc.oneof(
  fc.constantFrom("/home/x", "/home", "volume", "/etc", '/home/"q"', "/home/\u00e9"),
  fc.string(),
);
const MOUNT = fc.record({
  Type: fc.constantFrom("bind", "volume", "tmpfs"),
  Source: SOURCE,
  Extra: fc.jsonValue(),
});
const BODY = fc.record({
  Image: fc.string(),
  HostConfig: fc.record({
    Binds: fc.array(SOURCE.map((source) => `${source.replaceAll(":", "")}:/target:ro`)),
    Mounts: fc.array(MOUNT),
    Other: fc.jsonValue(),
  }, { requiredKeys: [] }),
});

Deno.test("translateBody() does to any body what an edit of the parsed body would do", () => {
  fc.assert(fc.property(BODY, fc.constantFrom(undefined, 2, "\t"), (body, space) => {
    const text = JSON.stringify(body, null, space);
    const model = JSON.parse(text);
    const { Binds = [], Mounts = [] } = model.HostConfig;
    for (const [index, bind] of Binds.entries()) {
      const source = bind.slice(0, bind.indexOf(":"));
      if (source !== "" && !source.startsWith("\\\\")) {
        Binds[index] = (translate(source) ?? source) + bind.slice(source.length);
      }
    }
    for (const mount of Mounts) {
      if (mount.Type === "bind") mount.Source = translate(mount.Source) ?? mount.Source;
    }
    assert.deepEqual(JSON.parse(translated(text, "container") ?? text), model);
  }));
});

Deno.test("translateBody() leaves every byte alone when no path is the policy's", () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.constantFrom<BodySubject>("container", "volume", "service"),
      (json, subject) => {
        assert.deepEqual(translateBody(ENCODER.encode(json), subject, () => undefined, NEVER), {
          kind: "unchanged",
        });
      },
    ),
  );
});

Deno.test("translateBody() neither throws nor hangs on any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    translateBody(bytes, "container", () => "/x", NEVER);
  }));
});

Deno.test("translateBody() leaves the mount that the relay itself has added, as inspect shows it, and no other one", () => {
  const body = (readOnly: boolean, target = "/usr/share/windlass/certificates") => {
    const source = "/run/windlass/certificates";
    const mount = { Type: "bind", Source: source, Target: target, ReadOnly: readOnly };
    return ENCODER.encode(JSON.stringify({ HostConfig: { Mounts: [mount] } }));
  };
  const refuse = () => ({ refused: "it is Windlass's own" });
  const kindOf = (bytes: Uint8Array) => settled(translateBody(bytes, "container", refuse, NEVER)).kind;
  assert.equal(kindOf(body(true)), "unchanged");
  assert.equal(kindOf(body(false)), "refused");
  assert.equal(kindOf(body(true, "/certificates")), "refused");
});
