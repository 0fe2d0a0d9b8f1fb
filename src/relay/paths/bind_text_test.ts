import assert from "node:assert/strict";
import fc from "fast-check";
import { splitBind } from "./bind_text.ts";

/** The bind, its source, the rest. */
const SPLITS: readonly (readonly [string, string, string])[] = [
  ["/a:/b", "/a", ":/b"],
  ["/a:/b:ro,z", "/a", ":/b:ro,z"],
  ["volume:/b", "volume", ":/b"],
  ["C:\\a:/b", "C:\\a", ":/b"],
  ["c:/a b:/b:rw", "c:/a b", ":/b:rw"],
  ["\\\\?\\C:\\a:/b", "\\\\?\\C:\\a", ":/b"],
  ["//?/C:/a:/b", "//?/C:/a", ":/b"],
  ["D:\\:/b", "D:\\", ":/b"],
  ["\\\\wsl$\\Debian\\home:/b:ro", "\\\\wsl$\\Debian\\home", ":/b:ro"],
  ["\\\\.\\pipe\\docker_engine:/var/run/docker.sock", "\\\\.\\pipe\\docker_engine", ":/var/run/docker.sock"],
  ["//var/run/docker.sock:/s", "//var/run/docker.sock", ":/s"],
  // Paths that the engine cannot have, recognised so that they can be refused by name.
  ["\\\\nas\\music:data", "\\\\nas\\music", ":data"],
  ["\\\\.\\pipe\\a:\\\\.\\pipe\\b", "\\\\.\\pipe\\a", ":\\\\.\\pipe\\b"],
  ["C:data:/b:ro", "C:data", ":/b:ro"],
  ["C::/b", "C:", ":/b"],
  ["C:data:ro", "C", ":data:ro"],
  // The volume "c": after a drive path comes an absolute path, not a mode.
  ["c:/y", "c", ":/y"],
  ["c:/y:ro", "c", ":/y:ro"],
  ["x:/y", "x", ":/y"],
];

Deno.test("splitBind() finds the source in every form that clients send", () => {
  for (const [bind, source, rest] of SPLITS) assert.deepEqual(splitBind(bind), { source, rest }, bind);
});

Deno.test("splitBind() finds none in a mount without source", () => {
  for (const bind of ["", "/data", "data", ":/data", "\\\\server\\share"]) {
    assert.equal(splitBind(bind), undefined, bind);
  }
});

Deno.test("splitBind() loses no character", () => {
  const piece = fc.constantFrom("C", "c", ":", "/", "\\", "?", ".", "ro", "a", "\\\\", " ");
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const bind = pieces.join("");
    const split = splitBind(bind);
    if (split === undefined) return;
    assert.equal(split.source + split.rest, bind);
    assert.equal(split.rest[0], ":");
  }));
});
