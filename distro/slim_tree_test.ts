import assert from "node:assert/strict";
import { keptStanzas, slimTree } from "./slim_tree.ts";

Deno.test("keptStanzas() leaves out the packages that are dropped", () => {
  const status =
    "Package: bash\nVersion: 5\n\nPackage: perl-base\nVersion: 5.42\n\nPackage: runc\nVersion: 1\n\n";
  assert.equal(keptStanzas(status), "Package: bash\nVersion: 5\n\nPackage: runc\nVersion: 1\n");
});

Deno.test("slimTree() removes dropped packages and paths, and folders that are empty because of it", async () => {
  const root = await Deno.makeTempDir();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(root, { recursive: true }));
  const write = async (path: string, text = "") => {
    await Deno.mkdir(`${root}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  };
  await write("var/lib/dpkg/status", "Package: bash\n\nPackage: perl-base\n");
  await write("var/lib/dpkg/info/perl-base.list", "/.\n/usr\n/usr/bin\n/bin/perl\n/usr/lib/perl-data/a\n");
  await write("var/lib/dpkg/info/bash.list", "/.\n/usr\n/usr/bin\n/usr/bin/bash\n");
  for (const path of ["usr/bin/perl", "usr/bin/bash", "usr/lib/perl-data/a", "usr/bin/ctr"]) {
    await write(path);
  }
  await write("usr/share/man/man1/bash.1.gz");
  await write("usr/share/doc/bash/README");
  await write("usr/share/doc/bash/copyright");
  await write("etc/resolv.conf");
  await write("tmp/left");
  await slimTree(root);

  assert.deepEqual(await everything(root), [
    "etc/",
    "tmp/",
    "usr/",
    "usr/bin/",
    "usr/bin/bash",
    "usr/share/",
    "usr/share/doc/",
    "usr/share/doc/bash/",
    "usr/share/doc/bash/copyright",
    "var/",
    "var/lib/",
    "var/lib/dpkg/",
    "var/lib/dpkg/status",
  ]);
});

async function everything(root: string, folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const child of Deno.readDir(`${root}/${folder}`)) {
    if (child.isDirectory) {
      paths.push(`${folder}${child.name}/`, ...await everything(root, `${folder}${child.name}/`));
    } else paths.push(`${folder}${child.name}`);
  }
  return paths.sort();
}
