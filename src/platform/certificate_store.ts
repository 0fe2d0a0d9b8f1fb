/** One place of this machine with certificates, as it was read. */
export interface CertificateStore {
  /** For users: "ROOT of the local machine", or the path of a file. */
  readonly name: string;
  /**
   * `trusted`: the owner of one of them may vouch for servers. `intermediate`: only if a trusted one vouches for it.
   * `disallowed`: never, whatever another store says.
   */
  readonly purpose: "trusted" | "intermediate" | "disallowed";
  /** Certificates as PEM; there may be any text between them. */
  readonly pem: string;
}
