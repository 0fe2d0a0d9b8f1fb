/** A delta cannot be used; `state` fits behind "Cannot ...: ". Never told to users: the whole component is fetched. */
export class DeltaError extends Error {
  override readonly name = "DeltaError";
  constructor(readonly state: string, options?: ErrorOptions) {
    super(`Cannot apply the delta: ${state}`, options);
  }
}
