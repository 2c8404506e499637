/** Peaks below this are silence. */
export const SILENCE = 0.008;
