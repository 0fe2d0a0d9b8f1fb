import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanAbsolutePath } from "./clean_path.ts";
import { linuxPaths } from "./linux_paths.ts";

const translate = linuxPaths({ dockerSocket: "/home/me/.local/share/windlass/docker.sock" });

Deno.test("linuxPaths() puts host paths below the mounted root", () => {
  for (
    const [source, expected] of [
      ["/home/me/a b", "/mnt/c/home/me/a b"],
      ["/", "/mnt/c"],
      ["//etc//hosts/", "/mnt/c/etc/hosts"],
      ["/a/../../etc/./x", "/mnt/c/etc/x"],
      ["/mnt/data", "/mnt/c/mnt/data"],
      ["/mnt/c2", "/mnt/c/mnt/c2"],
      ["/mnt/c/../d", "/mnt/c/mnt/d"],
      ["/device", "/mnt/c/device"],
      ["/dev/../devices", "/mnt/c/devices"],
      ["/run/docker.sock2", "/mnt/c/run/docker.sock2"],
      ["/home/me/.local/share/windlass/docker.sock", "/run/docker.sock"],
      ["/home/me/.local/share/windlass/../windlass/docker.sock", "/run/docker.sock"],
    ] as const
  ) {
    assert.equal(translate(source), expected, source);
  }
});

Deno.test("linuxPaths() leaves volumes, engine sockets and what is shared already", () => {
  for (
    const source of [
      "",
      "volume",
      "./relative",
      "C:\\x",
      "/mnt/c",
      "/mnt/c/home",
      "/mnt/wsl",
      "/proc",
      "/sys/fs/cgroup",
      "/dev/shm/",
      "/run/windlass/docker.sock",
      "/mnt/wsl/windlass-data/x",
      "/var/run/docker.sock",
      "/run/docker.sock",
      "//var/run/docker.sock",
    ]
  ) {
    assert.equal(translate(source), undefined, source);
  }
});

Deno.test("linuxPaths() changes nothing the second time", () => {
  const part = fc.constantFrom("/", "..", ".", "mnt", "c", "wsl", "home", "run", "docker.sock", " ");
  fc.assert(fc.property(fc.array(part), (parts) => {
    const once = translate(parts.join("")) ?? parts.join("");
    assert.equal(translate(once) ?? once, once);
  }));
});

Deno.test("cleanAbsolutePath() removes empty parts, dots and steps back", () => {
  assert.equal(cleanAbsolutePath("//a/./b/../c/"), "/a/c");
  assert.equal(cleanAbsolutePath("/../.."), "/");
});
