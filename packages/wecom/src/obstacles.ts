import type { InputIssue } from "@recallkit/core";
import type { WecomContent } from "./content.js";
import type { MessageContext } from "./message.js";

/** What would keep content from becoming a task as the channel is set up now: images, and the mini program of a card. */
export async function wecomObstacles(
  { images, miniProgramAppId }: Pick<MessageContext, "images" | "miniProgramAppId">,
  tenantId: number,
  { image, miniProgram }: WecomContent,
): Promise<readonly InputIssue[]> {
  const issues: InputIssue[] = [];
  const references = [
    ["image", image],
    ["miniProgram.image", miniProgram?.image],
  ] as const;
  for (const [path, reference] of references) {
    if (reference === undefined) continue;
    if (images === undefined) {
      issues.push({ path, code: "image.no-source", message: "the channel's option images is not set" });
      continue;
    }
    const refusal = await images.check?.(tenantId, reference);
    if (refusal) issues.push({ path, code: refusal.code, message: refusal.message });
  }
  if (miniProgram && miniProgram.appId === undefined && miniProgramAppId === undefined) {
    const message = "a card needs its appId, or the channel's option miniProgramAppId";
    issues.push({ path: "miniProgram.appId", code: "card.no-app-id", message });
  }
  return issues;
}
