const DIMENSIONS = 512;
const FACES_PER_PERSON = 3.4;
/** Mean cosine of two faces of one person: 0.65 with the starter pack on LFW. */
const SAME_PERSON = 0.65;

export interface GeneratedFaces {
  /** `[faces, 512]`, the faces of a person behind each other, as a catalog labels them. */
  indexed: Float32Array;
  /** `[newFaces, 512]`: other pictures of people who are indexed. */
  asked: Float32Array;
}

/**
 * Vectors that are spread as embeddings of faces are. Directions differ in how much they vary (their variances fall exponentially), so
 * that the cosine of two people has the wanted standard deviation: vectors that vary equally in 512 directions, as random ones do, are
 * harder for an index than any faces.
 */
export function generateFaces(options: {
  faces: number;
  newFaces: number;
  deviation: number;
  seed: number;
}): GeneratedFaces {
  const normal = normalNumbers(options.seed);
  const scales = scalesFor(1 / options.deviation ** 2);
  const noise = Math.sqrt(1 / SAME_PERSON - 1);
  const vector = () => scales.map((scale) => scale * normal());
  const around = (centre: Float32Array) => vector().map((value, i) => (centre[i] ?? 0) + noise * value);
  const indexed = new Float32Array(options.faces * DIMENSIONS);
  const asked = new Float32Array(options.newFaces * DIMENSIONS);
  const people = options.faces / FACES_PER_PERSON;
  let [face, question] = [0, 0];
  for (let person = 0; face < options.faces; person++) {
    const centre = vector();
    const until = Math.min(options.faces, Math.round((person + 1) * FACES_PER_PERSON));
    for (; face < until; face++) indexed.set(around(centre), face * DIMENSIONS);
    if (person * options.newFaces >= question * people && question < options.newFaces) {
      asked.set(around(centre), question++ * DIMENSIONS);
    }
  }
  return { indexed, asked };
}

/**
 * Standard deviation by direction. With variances v the cosine of two random vectors has the variance Σv² / (Σv)², which here is
 * 1 / `directions`; the rate of the fall that gives it is found by halving.
 */
function scalesFor(directions: number): Float32Array {
  let [low, high] = [1, 1e5];
  while (high / low > 1.0001) {
    const middle = Math.sqrt(low * high);
    if (effective(variances(middle)) < directions) low = middle;
    else high = middle;
  }
  return Float32Array.from(variances(low), Math.sqrt);
}

function variances(fall: number): number[] {
  return Array.from({ length: DIMENSIONS }, (_, direction) => Math.exp(-direction / fall));
}

function effective(values: number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return sum ** 2 / values.reduce((total, value) => total + value ** 2, 0);
}

/** Box and Muller on a 32-bit xorshift (Marsaglia 2003): fast, and good enough for spread. */
function normalNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
