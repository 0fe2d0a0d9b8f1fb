/** A program that starts when its user signs in. */
export interface SignInProgram {
  /** Unique among the programs of this user: letters, digits and hyphens. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables besides those of every program of the user. Windows cannot have any. */
  readonly environment?: Readonly<Record<string, string>>;
}
