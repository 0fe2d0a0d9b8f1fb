/** Runs in the distro, behind `wsl.exe`: the engine of the measurements on stdin and stdout, `bare` or by the `mux`. */
import { NO_LOG } from "../../src/logging/log.ts";
import { openMuxSession } from "../../src/mux/mux_session.ts";
import { openStdioDuplex } from "../../src/streams/stdio_duplex.ts";
import { serveEngine } from "./named_pipe_engine.ts";

if (Deno.args[0] === "mux") {
  await using session = openMuxSession(await openStdioDuplex(), {
    role: "agent",
    accept: (incoming) => void serveStream(incoming.accept()),
    log: NO_LOG,
  });
  await session.closed;
} else {
  await serveEngine(await openStdioDuplex());
}
Deno.exit(0);

async function serveStream(stream: Parameters<typeof serveEngine>[0]): Promise<void> {
  try {
    await serveEngine(stream);
    await stream.closeWrite();
  } catch {
    // The client has left.
  }
  stream.close();
}
