/** Versions beside the one in an executable, installed as an update does it, for tests of the launcher. */
import { join } from "node:path";
import { sha256 } from "../../src/payload/executable_codec.ts";
import { type Executable, openExecutable } from "../../src/payload/executable.ts";
import { openVersionStore } from "./open_version_store.ts";
import type { StagedComponent } from "../../src/payload/version_store.ts";
import { componentKind } from "../../src/payload/component_names.ts";

/** Installs a version whose program is the text `program`, and whose runtime is the executable's unless `deno` is given. */
export async function installProgram(
  executable: string,
  home: string,
  program: string,
  deno?: Uint8Array<ArrayBuffer>,
): Promise<string> {
  using opened = await openExecutable(executable);
  const store = await openVersionStore({ home, executable });
  const staging = join(home, "update", "staging");
  await Deno.mkdir(staging, { recursive: true });
  const components: StagedComponent[] = [
    deno === undefined ? carried(opened, "deno") : await stage(staging, "deno", deno),
    await stage(staging, "app", new TextEncoder().encode(program)),
  ];
  const id = await store.install({ components, release: new TextEncoder().encode("{}") });
  await Deno.remove(join(home, "update"), { recursive: true });
  return id;
}

function carried(executable: Executable, name: string): StagedComponent {
  const component = executable.component(name);
  return { ...component, length: component.rawLength, source: "embedded" };
}

async function stage(
  folder: string,
  name: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<StagedComponent> {
  const path = join(folder, name);
  await Deno.writeFile(path, content);
  const executable = componentKind(name)?.executable ?? false;
  return { name, id: sha256(content), length: content.length, unpack: true, executable, source: { path } };
}
