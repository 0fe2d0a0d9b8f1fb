import assert from "node:assert/strict";
import fc from "fast-check";
import {
  REFUSALS,
  SOURCES_LEFT_ALONE,
  translateOnWindows,
  TRANSLATIONS,
} from "../../../tests/fakes/windows_sources.ts";
import { windowsPaths } from "./windows_paths.ts";

for (const [source, expected] of TRANSLATIONS) {
  Deno.test(`windowsPaths() translates ${source}`, () => assert.equal(translateOnWindows(source), expected));
}

for (const [source, refused] of REFUSALS) {
  Deno.test(`windowsPaths() refuses ${JSON.stringify(source)}`, () =>
    assert.deepEqual(translateOnWindows(source), { refused }));
}

Deno.test("windowsPaths() leaves volumes, paths of the engine distro and what the engine explains best", () => {
  for (const source of SOURCES_LEFT_ALONE) assert.equal(translateOnWindows(source), undefined, source);
});

Deno.test("windowsPaths() changes nothing the second time", () => {
  const part = fc.constantFrom(
    ...["C", "c", ":", "/", "\\", "?", ".", "..", " ", "wsl$", "wsl.localhost", "nas", "windlass", "UNC"],
    ...["pipe", "docker_engine", "mnt", "x", "host_mnt", "nul", "\uf03a", "\uf05c", "é"],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      const once = translateOnWindows(parts.join(""));
      if (typeof once !== "string") return;
      assert.equal(translateOnWindows(once) ?? once, once);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("windowsPaths() answers with a clean absolute path that stays on its drive", () => {
  const part = fc.constantFrom("\\", "/", "..", ".", "a", "B", " ", "é", "日本", "\u{1f433}", "%20", "'");
  const drive = fc.constantFrom("C:\\", "z:/", "/d/", "//E/", "\\\\?\\E:\\", "\\\\.\\F:\\");
  fc.assert(
    fc.property(drive, fc.array(part), (start, parts) => {
      const translated = translateOnWindows(start + parts.join(""));
      assert.match(String(translated), /^\/mnt\/[a-z](\/(?!\.{0,2}(\/|$))[^/]+)*$/);
    }),
  );
});

Deno.test("windowsPaths() reads a path alike with either slash, any case of the drive, and a long prefix", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .filter((text) => !/[\\/<>:"|?*\p{Cc}]|[. ]$|^\.+$/u.test(text) && !/^(con|nul|aux|prn)$/i.test(text));
  fc.assert(fc.property(fc.constantFrom("c", "D", "z"), fc.array(name), (letter, names) => {
    const expected = [`/mnt/${letter.toLowerCase()}`, ...names].join("/");
    for (const drive of [letter.toLowerCase(), letter.toUpperCase()]) {
      assert.equal(translateOnWindows(`${drive}:\\${names.join("\\")}`), expected);
      assert.equal(translateOnWindows(`${drive}:/${names.join("/")}`), expected);
      assert.equal(translateOnWindows(`\\\\?\\${drive}:\\${names.join("\\")}`), expected);
      assert.equal(translateOnWindows(`/${drive}/${names.join("/")}`), expected);
      assert.equal(translateOnWindows(`//${drive}/${names.join("/")}`), expected);
    }
  }));
});

Deno.test("windowsPaths() knows no distro and no pipe but Docker's unless they are given", () => {
  assert.deepEqual(windowsPaths()("\\\\wsl$\\windlass\\home"), {
    refused:
      "the engine cannot reach the files of the distro 'windlass'; copy them to a folder on a Windows drive or into a volume",
  });
  assert.equal(typeof windowsPaths()("\\\\.\\pipe\\windlass_engine"), "object");
  assert.equal(windowsPaths()("\\\\.\\pipe\\docker_engine"), "/run/docker.sock");
});

Deno.test("windowsPaths() refuses drives that do not exist or are not of this machine, however they are written", () => {
  const kinds: Readonly<Record<string, "local" | "network">> = { C: "local", N: "network" };
  const translate = windowsPaths({
    driveKind: (letter) => kinds[letter] ?? "none",
    engineDistro: () => "windlass",
  });
  for (
    const form of [
      ...["q:\\x", "Q:/x", "/q/x", "//q/x", "q/x", "\\\\?\\Q:\\x", "\\\\wsl$\\windlass\\mnt\\q"],
      ...["/mnt/q/x", "/mnt/q", "//mnt/q", "/mnt/./q", "/mnt//q/", "/xx/../mnt/q/x"],
    ]
  ) {
    assert.deepEqual(translate(form), { refused: "there is no drive Q: on this machine" }, form);
  }
  for (const form of ["n:\\x", "/mnt/n/x", "//mnt/n", "/mnt/./n"]) {
    assert.deepEqual(translate(form), {
      refused: "N: is a network drive, which the engine cannot reach; copy the files to a local drive",
    }, form);
  }
  assert.equal(translate("c:\\x"), "/mnt/c/x");
  assert.equal(translate("\\\\wsl$\\windlass\\mnt\\data"), "/mnt/data");
  assert.equal(translate("/mnt/c/x"), undefined);
  assert.equal(translate("/mnt/wsl/x"), undefined);
});
