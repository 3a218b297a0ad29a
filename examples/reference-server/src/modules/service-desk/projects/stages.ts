import type { ProjectStage } from "../desk.js";

/** Where a project can go from each stage: on, out, and back from where it ended. */
export const NEXT_STAGES: Readonly<Record<ProjectStage, readonly ProjectStage[]>> = {
  pre_sales: ["in_sales", "lost"],
  in_sales: ["after_sales", "lost"],
  after_sales: ["closed"],
  lost: ["pre_sales"],
  closed: ["after_sales"],
};

/** Stages in which a sale is still open, in their order. */
export const OPEN_STAGES = ["pre_sales", "in_sales"] as const satisfies readonly ProjectStage[];

/** Whether a project may go from one stage to another. */
export function mayGo(from: ProjectStage, to: ProjectStage): boolean {
  return NEXT_STAGES[from].includes(to);
}
