import assert from "node:assert/strict";
import { WindlassError } from "../src/errors/windlass_error.ts";
import { findPackages } from "./package_cache.ts";
import { describePackages } from "./package_files.ts";
import type { PackageLock } from "./package_lock.ts";
import { WANTED_PACKAGES } from "./package_names.ts";
import { runProgram } from "./run_program.ts";

/** Writes a package with nothing in it but its name and version. */
async function writePackage(folder: string, name: string, version: string): Promise<void> {
  const tree = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${tree}/DEBIAN`);
    const control =
      `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nMaintainer: x\nDescription: x\n`;
    await Deno.writeTextFile(`${tree}/DEBIAN/control`, control);
    const target = `${folder}/${name}_${version}_amd64.deb`;
    const environment = { SOURCE_DATE_EPOCH: "1" };
    await runProgram("dpkg-deb", ["--build", "--root-owner-group", "-Znone", tree, target], { environment });
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
}

/** An archive in which every package has the same version, and a cache that is empty. */
async function makeArchive() {
  const folder = await Deno.makeTempDir();
  const counts = { downloads: 0 };
  const lines: string[] = [];
  const download = (version: string, exceptions: Record<string, string> = {}) => async (target: string) => {
    counts.downloads++;
    const write = (name: string) => writePackage(target, name, exceptions[name] ?? version);
    await Promise.all(WANTED_PACKAGES.map(write));
  };
  const lockOf = async (version: string): Promise<PackageLock> => {
    const target = await Deno.makeTempDir({ dir: folder });
    await download(version)(target);
    counts.downloads = 0;
    return { suite: "forky", packages: await describePackages(target) };
  };
  const cache = `${folder}/cache`;
  const progress = (line: string) => void lines.push(line);
  const dispose = () => Deno.remove(folder, { recursive: true });
  return { cache, counts, lines, download, lockOf, progress, [Symbol.asyncDispose]: dispose };
}

Deno.test("findPackages() downloads the locked packages once", async () => {
  await using archive = await makeArchive();
  const lock = await archive.lockOf("1");
  const options = { strict: true, progress: archive.progress, download: archive.download("1") };
  for (let run = 0; run < 2; run++) {
    const set = await findPackages(archive.cache, lock, options);
    assert.deepEqual(set, { packages: lock.packages, differences: [] });
  }
  assert.equal(archive.counts.downloads, 1);
  assert.deepEqual(archive.lines, ["Downloading Debian packages"]);
});

Deno.test("findPackages() downloads again when a cached package was changed", async () => {
  await using archive = await makeArchive();
  const lock = await archive.lockOf("1");
  const options = { strict: true, progress: archive.progress, download: archive.download("1") };
  await findPackages(archive.cache, lock, options);
  await Deno.writeTextFile(`${archive.cache}/git_1_amd64.deb`, "changed");
  assert.deepEqual((await findPackages(archive.cache, lock, options)).differences, []);
  assert.equal(archive.counts.downloads, 2);
});

Deno.test("findPackages() makes do with what the archive has when it has moved on, and stays with it", async () => {
  await using archive = await makeArchive();
  const lock = await archive.lockOf("1");
  const download = archive.download("1", { git: "2", runc: "3" });
  const options = { strict: false, progress: archive.progress, download };
  for (let run = 0; run < 2; run++) {
    const set = await findPackages(archive.cache, lock, options);
    assert.deepEqual(set.differences, ["git: 1 is locked, 2 was found", "runc: 1 is locked, 3 was found"]);
    assert.equal(set.packages.find((each) => each.package === "git")?.version, "2");
  }
  assert.equal(archive.counts.downloads, 1);
});

Deno.test("findPackages() names every package that differs when only the lock will do", async () => {
  await using archive = await makeArchive();
  const lock = await archive.lockOf("1");
  const download = archive.download("1", { git: "2", runc: "3" });
  await assert.rejects(
    findPackages(archive.cache, lock, { strict: true, progress: archive.progress, download }),
    new WindlassError(
      "WL_IMAGE_LOCK_MISMATCH",
      "Cannot build a release image: 2 packages differ from distro/packages.lock.json:\n" +
        "git: 1 is locked, 2 was found\nrunc: 1 is locked, 3 was found",
    ),
  );
});
