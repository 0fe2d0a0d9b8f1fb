import { join } from "node:path";
import { openTemporaryFolder } from "../temporary_folder.ts";
import { type ListenOptions, openProgram, type Program, PROGRAM_FOLDER } from "./program.ts";

/** A web server with files that the test writes. */
export interface WebServer extends Program {
  /** Writes a file that is served from now on, such as `proxy.pac`. */
  write(name: string, text: string): Promise<void>;
}

/** Starts the web server of busybox, with the media type of PAC files. */
export async function openWebServer(options: ListenOptions): Promise<WebServer> {
  const { address = "127.0.0.1", port } = options;
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-web")).path;
  const pages = join(folder, "pages");
  await Deno.mkdir(pages);
  await Deno.writeTextFile(join(folder, "httpd.conf"), ".pac:application/x-ns-proxy-autoconfig\n");
  const program = owned.use(
    await openProgram(
      [
        ...["busybox", "httpd", "-f", "-p", `${address}:${port}`],
        ...["-h", `${PROGRAM_FOLDER}/pages`, "-c", `${PROGRAM_FOLDER}/httpd.conf`],
      ],
      folder,
      options,
    ),
  );
  const stack = owned.move();
  return {
    address,
    port,
    get output() {
      return program.output;
    },
    stop: () => program.stop(),
    start: () => program.start(),
    write: async (name, text) => {
      // A client that reads meanwhile gets the old one or the new one, never half of it.
      await Deno.writeTextFile(join(folder, "new"), text);
      await Deno.rename(join(folder, "new"), join(pages, name));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
