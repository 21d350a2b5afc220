/** What to do about exclusions by face that a model pack has never seen. */
export function explainUnknownFaces(exclusions: readonly number[], pack: string): string {
  return (
    `Exclusion ${exclusions.join(', ')} is by face, and this catalog has no vector of it for the model pack ${pack}. On ` +
    'this runner, give the photo once more (runner exclusions add --photo), or take the exclusion back.'
  );
}
