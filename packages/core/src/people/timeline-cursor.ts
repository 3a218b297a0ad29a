/** What a cursor of a timeline looks like: instant, kind and id of the last event of a page. */
export const TIMELINE_CURSOR = /^-?\d{1,16}:[a-z_]{1,64}:[A-Za-z0-9-]{1,64}$/;
