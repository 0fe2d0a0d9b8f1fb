import { NO_LOG } from "../../../src/logging/log.ts";
import { openMuxSession } from "../../../src/mux/mux_session.ts";
import { connectionDuplex } from "../../../src/streams/connection_duplex.ts";
import { servePeerStream } from "../../fakes/mux_peer_services.ts";
import { defineStreamTests, type ServedSession } from "../../fakes/mux_stream_suite.ts";

defineStreamTests({ name: "a unix socket", bigBytes: 50 * 1024 * 1024, connect });

async function connect(): Promise<ServedSession> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-mux-" });
  const path = `${folder}/link.sock`;
  using listener = Deno.listen({ transport: "unix", path });
  const [ours, theirs] = await Promise.all([Deno.connect({ transport: "unix", path }), listener.accept()]);
  await Deno.remove(folder, { recursive: true });
  const peer = openMuxSession(connectionDuplex(theirs), {
    role: "agent",
    accept: servePeerStream,
    log: NO_LOG,
  });
  const session = openMuxSession(connectionDuplex(ours), {
    role: "host",
    accept: (stream) => stream.refuse("none"),
    log: NO_LOG,
  });
  return {
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await peer.close();
    },
  };
}
