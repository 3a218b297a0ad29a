import { ChannelError } from "@recallkit/core";
import type { ImageSource } from "@recallkit/core/ports";
import { expect, test } from "vitest";
import { wecomObstacles } from "./obstacles.js";

const PICTURE = "https://cdn.example/a.png";
const card = { title: "t", image: PICTURE, page: "p" };
const refusing: ImageSource = {
  load: () => Promise.reject(new Error("not loaded for a check")),
  check: async () => new ChannelError("image.host-not-listed", "no", { channel: "wecom", effect: "REQUEST" }),
};
const willing: ImageSource = { ...refusing, check: async () => undefined };

test.each([
  ["content without images", willing, undefined, { text: "喵" }, []],
  ["an image that is fine", willing, undefined, { image: PICTURE }, []],
  ["an image that its source refuses", refusing, undefined, { image: PICTURE }, [["image", "image.host-not-listed"]]],
  ["an image without a source", undefined, undefined, { image: PICTURE }, [["image", "image.no-source"]]],
  ["a card without an app id", willing, undefined, { miniProgram: card }, [["miniProgram.appId", "card.no-app-id"]]],
  ["a card with the channel's app id", willing, "wx1", { miniProgram: card }, []],
  ["a card with its own app id", willing, undefined, { miniProgram: { ...card, appId: "wx2" } }, []],
  [
    "a file without a source",
    willing,
    undefined,
    { video: "https://cdn.example/a.mp4" },
    [["video", "file.no-source"]],
  ],
  [
    "a link card with a picture from elsewhere",
    undefined,
    undefined,
    { link: { title: "t", url: "https://a.cn", image: PICTURE } },
    [],
  ],
  [
    "a link card with a stored picture",
    undefined,
    undefined,
    { attachments: [{ link: { title: "t", url: "https://a.cn", image: `media:${"0a".repeat(32)}` } }] },
    [["attachments.0.link.image", "image.no-source"]],
  ],
  [
    "everything at once",
    refusing,
    undefined,
    { image: PICTURE, miniProgram: card },
    [
      ["image", "image.host-not-listed"],
      ["miniProgram.image", "image.host-not-listed"],
      ["miniProgram.appId", "card.no-app-id"],
    ],
  ],
] as const)("%s", async (_, images, miniProgramAppId, content, expected) => {
  const issues = await wecomObstacles({ images, files: undefined, miniProgramAppId }, 1, content);
  expect(issues.map(({ path, code }) => [path, code])).toEqual(expected);
});
