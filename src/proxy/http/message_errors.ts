/** A request that cannot be forwarded as it is, with the status of the answer. `state` completes "Cannot forward the request: ". */
export class BadProxyRequest extends Error {
  override readonly name = "BadProxyRequest";

  constructor(readonly status: 400 | 408 | 417 | 431 | 501 | 505, readonly state: string) {
    super(`Cannot forward the request: ${state}`);
  }
}

/** An answer that is not valid HTTP. `state` completes "the answer …". */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}
