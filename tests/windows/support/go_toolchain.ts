import { createHash } from "node:crypto";
import { join } from "node:path";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { buildOnce } from "../../support/build_once.ts";
import { wineCache } from "./wine_root.ts";

/** What the programs in go_programs.lock need. */
const MINIMUM = [1, 24, 9];

/** The toolchain for machines without one, as the module proxy has it: version and SHA-256 of the zip. */
const TOOLCHAIN = "v0.0.1-go1.25.4.linux-amd64";
const TOOLCHAIN_SHA256 = "f4fa35e13952bae9836a82d8cf077710cd58fee98d31680f94edf435852b1af2";

const PLACES = ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"];

/** A `go` that is new enough: the machine's, or one that is downloaded once (64 MB) and kept. */
export async function openGo(): Promise<string> {
  for (const place of PLACES) {
    const version = await runCommand([place, "env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } }).catch(
      () => null,
    );
    if (version !== null && isNewEnough(version.stdout)) return place;
  }
  const folder = wineCache(`toolchain-${TOOLCHAIN}`);
  await buildOnce(folder, downloadToolchain);
  return join(folder, "bin/go");
}

/** Whether `go1.26.8`, as Go names its version, is no older than what is needed. Pure. */
export function isNewEnough(version: string): boolean {
  const parts = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.slice(1).map((part) => Number(part ?? 0));
  if (parts === undefined) return false;
  const different = parts.findIndex((part, index) => part !== MINIMUM[index]);
  return different === -1 || parts[different]! > MINIMUM[different]!;
}

async function downloadToolchain(partial: string): Promise<void> {
  const proxies = (Deno.env.get("GOPROXY") ?? "").split(/[,|]/).filter((word) => word.startsWith("http"));
  const url = `${proxies[0] ?? "https://proxy.golang.org"}/golang.org/toolchain/@v/${TOOLCHAIN}.zip`;
  console.error(`Downloading Go from ${url} (once)`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot download Go: '${url}' answers ${response.status}`);
  const bytes = await response.bytes();
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== TOOLCHAIN_SHA256) {
    throw new Error(`Cannot use ${url}: its SHA-256 is ${actual}, expected ${TOOLCHAIN_SHA256}`);
  }
  await Deno.mkdir(partial, { recursive: true });
  const zip = join(partial, "toolchain.zip");
  await Deno.writeFile(zip, bytes);
  await runChecked(["bsdtar", "-C", partial, "--strip-components=2", "-xf", zip]);
  await Deno.remove(zip);
  // A zip of the module proxy knows no permissions.
  for (const folder of ["bin", "pkg/tool/linux_amd64"]) {
    for await (const entry of Deno.readDir(join(partial, folder))) {
      await Deno.chmod(join(partial, folder, entry.name), 0o755);
    }
  }
}
