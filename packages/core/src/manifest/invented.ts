/** Stands for an id that a document lacks. The Python library makes a random one, which would change at every reading. */
export const INVENTED_ID = "00000000-0000-0000-0000-000000000000";

/** Stands for the creation time that a document lacks; the Python library takes the time of reading. */
export const INVENTED_TIME = "1970-01-01T00:00:00Z";
