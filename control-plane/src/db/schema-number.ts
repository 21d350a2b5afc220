/** The number of the newest migration: the schema that the code is written for. */
export const schemaNumber = 11;
