/** A range of port numbers; both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}
