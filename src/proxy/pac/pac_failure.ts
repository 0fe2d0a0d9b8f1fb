/** Why a PAC file gave no answer, as a lower-case clause. Never reaches users as an error: the request goes another way. */
export class PacFailure extends Error {
  override readonly name = "PacFailure";
}
