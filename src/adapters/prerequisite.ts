/** Something that must be there and is not. */
export interface Prerequisite {
  /** A sentence: "npm was not found." */
  problem: string;
  /** A sentence that says what to do. */
  remedy: string;
}
