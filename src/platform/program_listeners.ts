/** A process that listens on a port, and the file of its program. */
export interface ProgramListener {
  readonly processId: number;
  readonly executable: string;
}
