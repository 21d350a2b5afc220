/** A face is excluded on the runner: a photo of somebody who wants to be left alone is not sent anywhere. */
export function ByFace() {
  return (
    <div class="stack by-face">
      <p>
        By a face this is done on the machine of the runner, because the photo must not leave it. There, in
        the project’s folder, or inside the runner’s container:
      </p>
      <code class="command">npm run runner -- exclusions add --photo photo.jpg</code>
      <p class="hint">
        The photo is not kept. The vector of its face stays in the runner’s catalog and goes nowhere else; the
        list below shows a fingerprint.
      </p>
    </div>
  );
}
