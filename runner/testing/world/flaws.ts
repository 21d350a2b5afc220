/** How often the generated world's stash-boxes are wrong, 0 to 1. */
export const FLAWS = {
  /** A listed profile is somebody else's. */
  wrongProfile: 0.003,
  /** A link to another stash-box leads to somebody else. */
  wrongLink: 0.002,
  /** A link goes to an id that was merged away, where there is one. */
  oldLink: 0.3,
  /** A record gives an account of its studio or agency. */
  studioAccount: 0.1,
  /** A birth date is years off, or a little. */
  wrongBirthYear: 0.004,
  slipOfBirthDate: 0.012,
  wrongCountry: 0.01,
  wrongGender: 0.002,
  /** A record goes by another of the performer's names than the usual one. */
  otherName: 0.08,
  /** A name is spelled a little differently. */
  otherSpelling: 0.03,
  /** A stash-box has somebody twice. */
  twice: 0.012,
  /** Of those, it finds out, and merges the two. */
  merged: 0.5,
  /** A record is deleted in the end. */
  deleted: 0.004,
} as const;
