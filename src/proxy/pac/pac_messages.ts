/** What the program and the worker that runs a PAC file send each other. */

export type ToPacWorker =
  | { readonly kind: "open"; readonly text: string; readonly callMilliseconds: number }
  | { readonly kind: "find"; readonly id: number; readonly url: string; readonly host: string }
  | { readonly kind: "ping" };

export type FromPacWorker =
  /** The file is loaded; or not, and why. */
  | { readonly kind: "opened"; readonly problem?: string }
  | { readonly kind: "found"; readonly id: number; readonly answer: string }
  | { readonly kind: "failed"; readonly id: number; readonly problem: string }
  /** Answers a ping: the file does not loop. */
  | { readonly kind: "pong" };
