/** A request as a proxy sees it. */
export interface ProxiedRequest {
  /** Such as `CONNECT 127.0.0.1:443` or `GET http://127.0.0.1/x`. */
  readonly line: string;
  /** What the header `Proxy-Authorization` says; `null` without it. */
  readonly authorization: string | null;
}

/** A proxy on loopback that does as it is asked and remembers it. */
export interface HttpProxy extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ProxiedRequest[];
}

const HEAD_END = "\r\n\r\n";

/**
 * Opens a proxy for HTTP and, by CONNECT, for everything else. With a status it refuses all that is asked. Names below
 * `.test` are this machine, which only the proxy knows.
 */
export function openHttpProxy({ refuse }: { readonly refuse?: number } = {}): HttpProxy {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const requests: ProxiedRequest[] = [];
  const open = new Set<Deno.Conn>();
  const work: Promise<void>[] = [];
  const serve = async (client: Deno.Conn) => {
    const { head, rest } = await readHead(client);
    if (head === "") return;
    const [line = ""] = head.split("\r\n");
    const authorization = /^proxy-authorization: (.*)$/mi.exec(head)?.[1]?.trim() ?? null;
    requests.push({ line: line.replace(/ HTTP\/1\.[01]$/, ""), authorization });
    if (refuse !== undefined) {
      await write(client, `HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\nconnection: close${HEAD_END}`);
      return;
    }
    const [method, target = ""] = line.split(" ");
    const url = new URL(method === "CONNECT" ? `tunnel://${target}` : target);
    const hostname = url.hostname.endsWith(".test") ? "127.0.0.1" : url.hostname;
    const server = await Deno.connect({ hostname, port: Number(url.port || 80) });
    open.add(server);
    if (method === "CONNECT") await write(client, `HTTP/1.1 200 Connected${HEAD_END}`);
    else {
      const path = `${url.pathname}${url.search}`;
      // One request a connection, so that each is seen here.
      const forwarded = head.replace(target, path).replace(/^(proxy-[\w-]+|connection): .*\r\n/gim, "");
      await write(server, forwarded.replace(HEAD_END, `\r\nconnection: close${HEAD_END}`));
      await server.write(rest);
    }
    await Promise.all([pipe(client, server), pipe(server, client)]);
  };
  const accept = async () => {
    for await (const client of listener) {
      open.add(client);
      work.push(serve(client).catch(() => {}).finally(() => close(client)));
    }
  };
  const accepting = accept().catch(() => {});
  const close = (connection: Deno.Conn) => {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // closed already
    }
  };
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) close(connection);
      await Promise.all(work);
    },
  };
}

async function readHead(connection: Deno.Conn): Promise<{ head: string; rest: Uint8Array }> {
  let text = "";
  const chunk = new Uint8Array(4096);
  while (!text.includes(HEAD_END)) {
    const read = await connection.read(chunk);
    if (read === null) return { head: "", rest: new Uint8Array() };
    text += new TextDecoder("latin1").decode(chunk.subarray(0, read));
  }
  const end = text.indexOf(HEAD_END) + HEAD_END.length;
  return { head: text.slice(0, end), rest: new TextEncoder().encode(text.slice(end)) };
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** Copies until the end of one side, and tells the other. */
async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  try {
    const chunk = new Uint8Array(64 * 1024);
    for (let read = await from.read(chunk); read !== null; read = await from.read(chunk)) {
      for (let offset = 0; offset < read;) offset += await to.write(chunk.subarray(offset, read));
    }
    await (to as Deno.TcpConn).closeWrite();
  } catch {
    // the other direction ends it
  }
}
