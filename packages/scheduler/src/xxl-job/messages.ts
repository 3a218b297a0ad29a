import * as z from "zod";

const number = z.int().min(0);
const text = z.string().max(65_535).nullish();

/** `run`: begin a job. Later versions may send more. */
export const runSchema = z.object({
  jobId: number,
  executorHandler: z.string().min(1).max(255),
  executorParams: text,
  executorBlockStrategy: z.enum(["SERIAL_EXECUTION", "DISCARD_LATER", "COVER_EARLY"]).default("SERIAL_EXECUTION"),
  logId: number,
  logDateTime: number,
  glueType: z.string().max(100).default("BEAN"),
});
export type RunRequest = z.output<typeof runSchema>;

/** `idleBeat`: is a job at work. */
export const idleBeatSchema = z.object({ jobId: number });
/** `kill`: end a job. */
export const killSchema = z.object({ jobId: number });
/** `log`: what a run has to tell, from a line on. */
export const logSchema = z.object({ logDateTim: number, logId: number, fromLineNum: z.int().min(1).default(1) });

/** What the admin answers with. */
export const adminAnswerSchema = z.object({ code: z.int(), msg: z.string().nullish() });
