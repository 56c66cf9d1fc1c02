/** Values that survive JSON unchanged: what answers, evidence requests and stored rows are made of. No NaN, no undefined. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
