import { join } from "node:path";
import { runChecked } from "./run_command.ts";

/** A certificate for 127.0.0.1 and `channel.test`, and the authority that signed it, which no system knows. */
export interface TestCertificate {
  /** Path of the authority's certificate. */
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes both in a folder; valid for two days. */
export async function makeTestCertificate(folder: string): Promise<TestCertificate> {
  const file = (name: string) => join(folder, name);
  const request = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = file("authority.pem");
  await runChecked([
    ...request,
    ...[
      "-x509",
      "-days",
      "2",
      "-subj",
      "/CN=Authority of a test",
      "-keyout",
      file("authority.key"),
      "-out",
      authority,
    ],
  ]);
  await runChecked([
    ...request,
    "-subj",
    "/CN=127.0.0.1",
    "-keyout",
    file("server.key"),
    "-out",
    file("server.csr"),
  ]);
  await Deno.writeTextFile(file("names"), "subjectAltName=IP:127.0.0.1,DNS:channel.test\n");
  await runChecked([
    ...[
      "openssl",
      "x509",
      "-req",
      "-in",
      file("server.csr"),
      "-CA",
      authority,
      "-CAkey",
      file("authority.key"),
    ],
    ...["-CAcreateserial", "-days", "2", "-extfile", file("names"), "-out", file("server.pem")],
  ]);
  const [cert, key] = [
    await Deno.readTextFile(file("server.pem")),
    await Deno.readTextFile(file("server.key")),
  ];
  return { authority, cert, key };
}
