import type { InputIssue } from "@recallkit/core";
import { attachedParts, type WecomContent } from "./content.js";
import type { MessageContext } from "./message.js";

type Settings = Pick<MessageContext, "images" | "files" | "miniProgramAppId">;

/** What would keep content from becoming a task as the channel is set up now: images, files, and the mini program of a card. */
export async function wecomObstacles(
  settings: Settings,
  tenantId: number,
  content: WecomContent,
): Promise<readonly InputIssue[]> {
  const issues: InputIssue[] = [];
  const { images, files, miniProgramAppId } = settings;
  const lookAtImage = async (path: string, ref: string) => {
    if (images === undefined) {
      issues.push({ path, code: "image.no-source", message: "the channel's option images is not set" });
      return;
    }
    const refusal = await images.check?.(tenantId, ref);
    if (refusal) issues.push({ path, code: refusal.code, message: refusal.message });
  };
  const lookAtFile = (path: string, url: string) => {
    if (files === undefined) {
      issues.push({ path, code: "file.no-source", message: "the channel's option files is not set" });
      return;
    }
    const refusal = files.check?.(url);
    if (refusal) issues.push({ path, code: refusal.code, message: refusal.message });
  };

  for (const [path, part] of attachedParts(content)) {
    if ("image" in part) await lookAtImage(`${path}image`, part.image);
    // A card shows a picture from elsewhere by its address; only stored ones are uploaded.
    if ("link" in part && part.link.image?.startsWith("media:")) {
      await lookAtImage(`${path}link.image`, part.link.image);
    }
    if ("video" in part) lookAtFile(`${path}video`, part.video);
    if ("file" in part) lookAtFile(`${path}file.url`, part.file.url);
    if (!("miniProgram" in part)) continue;
    await lookAtImage(`${path}miniProgram.image`, part.miniProgram.image);
    if (part.miniProgram.appId === undefined && miniProgramAppId === undefined) {
      const message = "a card needs its appId, or the channel's option miniProgramAppId";
      issues.push({ path: `${path}miniProgram.appId`, code: "card.no-app-id", message });
    }
  }
  return issues;
}
