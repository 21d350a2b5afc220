import { limits } from '@trainer/contract/limits';
import { webAddress } from '@trainer/contract/primitives';
import type { Explanation } from '@trainer/contract/questions';

/** An explanation as the control plane takes it: addresses that can be linked to, and as many faces as there is room for. */
export function fitExplanation(explanation: Explanation): Explanation {
  const linkable: Explanation = {
    ...explanation,
    performers: explanation.performers.map((performer) => ({
      ...performer,
      links: performer.links.map((link) => ({ ...link, url: linkOrNull(link.url) })),
      faces: performer.faces.map((face) => ({
        ...face,
        page_url: linkOrNull(face.page_url),
        image_url: linkOrNull(face.image_url),
      })),
    })),
    attempts: explanation.attempts.map((attempt) => ({ ...attempt, url: linkOrNull(attempt.url) })),
  };
  for (let most = 500; ; most = Math.floor(most / 2)) {
    const cut = most === 500 ? linkable : shorten(linkable, most);
    if (JSON.stringify(cut).length <= limits.answerMaxLength || most === 0) return cut;
  }
}

function linkOrNull(url: string | null): string | null {
  return webAddress.safeParse(url).success ? url : null;
}

function shorten(explanation: Explanation, most: number): Explanation {
  return {
    ...explanation,
    performers: explanation.performers.map((performer) => ({
      ...performer,
      links: performer.links.slice(0, most),
      faces: performer.faces.slice(0, most),
    })),
    attempts: explanation.attempts.slice(0, most),
    summary: `${explanation.summary} Not all of it is shown.`,
  };
}
