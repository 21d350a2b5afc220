import { z } from 'zod';

/** A token that its owner chose. It travels in the header `Authorization`, which holds no blanks and nothing beyond ASCII. */
export const tokenSetting = z
  .string()
  .min(16, 'is too short: use at least 16 characters')
  .max(200)
  .regex(
    /^[!-~]*$/,
    'may hold only letters, digits and signs of ASCII, without blanks: a header cannot carry others',
  );
