/** A truth value as the engines keep it. */
export type Flag = 0 | 1;
