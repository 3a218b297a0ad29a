import type { MessageContent } from "@recallkit/core";
import { says } from "@recallkit/http";
import {
  type AttachedPart,
  attachedParts,
  MAX_ATTACHMENTS,
  MAX_CARD_TITLE_BYTES,
  MAX_LINK_DESCRIPTION_BYTES,
  MAX_LINK_TITLE_BYTES,
  MAX_LINK_URL_BYTES,
  MAX_SENDERS,
  type WecomContent,
  wecomContent,
} from "@recallkit/wecom";
import * as z from "zod";
import { imageReference, optionalLine, requiredImage, requiredLine } from "./fields.js";

const isWebAddress = (url: string) => /^https?:\/\/[^\s/]/i.test(url) || /^\{\{\s*[A-Za-z_]\w*\s*\}\}/.test(url);
const isHttps = (url: string) => URL.canParse(url) && new URL(url).protocol === "https:";

const httpsFile = requiredLine(2048).refine(isHttps, says("应为 https 地址", "must be an https URL"));

const link = z.strictObject({
  title: requiredLine(MAX_LINK_TITLE_BYTES).describe("标题，UTF-8 不超过 128 字节 / title, at most 128 bytes"),
  url: requiredLine(MAX_LINK_URL_BYTES)
    .refine(isWebAddress, says("应为 http(s) 地址或 {{recall_link}}", "must be an http(s) URL or {{recall_link}}"))
    .describe("网页地址，可用 {{recall_link}} / address of the page"),
  description: optionalLine(MAX_LINK_DESCRIPTION_BYTES).describe("描述，UTF-8 不超过 512 字节 / at most 512 bytes"),
  image: imageReference.describe("封面 https 地址或 media:<sha256> / picture"),
});
const file = z.strictObject({
  url: httpsFile.describe("https 地址，文件不超过 20 MB / at most 20 MB"),
  name: requiredLine(255).describe("客户看到的文件名 / what customers see"),
});
const miniProgram = z.strictObject({
  title: requiredLine(MAX_CARD_TITLE_BYTES),
  image: requiredImage,
  page: requiredLine(1024),
  appId: optionalLine(64),
});
const video = httpsFile.describe("MP4 的 https 地址，不超过 10 MB / https URL of an MP4, at most 10 MB");

const parts = {
  image: requiredImage.optional(),
  link: link.optional(),
  miniProgram: miniProgram.optional(),
  video: video.optional(),
  file: file.optional(),
};
const attachment = z
  .strictObject(parts)
  .refine(
    (given) => Object.values(given).filter((part) => part !== undefined).length === 1,
    says(
      "须为 image、link、miniProgram、video、file 之一",
      "must hold one of image, link, miniProgram, video and file",
    ),
  );

/** What a push may hold beside text, image and card; the documented fields stay as they are. */
export const attachedFields = {
  link: link.nullish().describe("图文链接 / a link card"),
  video: video.nullish(),
  file: file.nullish().describe("文件 / a file"),
  attachments: z
    .array(attachment)
    .max(MAX_ATTACHMENTS)
    .optional()
    .describe("更多附件，按顺序排在以上内容之后，合计最多 9 个 / more of them; at most 9 with those above"),
  sender: optionalLine(64)
    .optional()
    .describe("执行发送的成员 userid，默认由最近联系客户的成员发送 / member who is to send"),
  senders: z
    .array(requiredLine(64))
    .max(MAX_SENDERS)
    .nullish()
    .describe(
      '按好友关系发送：每位客户由其中添加了该客户的成员发送，无人添加则不发送；["*"] 表示全部成员；不能与 sender 同时使用 / each customer by one of these members who follows them; ["*"]: all',
    ),
};

type Attached = z.output<z.ZodObject<typeof attachedFields>>;

/** How many attachments a body holds, whatever is wrong with them. */
export function countAttached(body: Readonly<Record<string, unknown>>): number {
  const { img, miniProgramTitle, link: card, video: film, file: paper, attachments } = body;
  const isGiven = (value: unknown) => value !== undefined && value !== null && value !== "";
  const single = [img, miniProgramTitle, card, film, paper].filter(isGiven).length;
  return single + (Array.isArray(attachments) ? attachments.length : 0);
}

/** The parts of a rule's content that they mean. */
export function attachedContent({ link: card, video: film, file: paper, attachments = [], sender, senders }: Attached) {
  return withoutAbsent({
    link: card ?? undefined,
    video: film ?? undefined,
    file: paper ?? undefined,
    attachments: attachments.length > 0 ? attachments : undefined,
    sender,
    senders: senders?.length ? senders : undefined,
  });
}

function withoutAbsent<T extends object>(given: T): T {
  const kept = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]]));
  return Object.fromEntries(kept);
}

/** JSON without absent fields, as content is kept. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What of a rule's content is WeCom's; content that is written for another channel has its text alone. */
export function sentContent(content: MessageContent): WecomContent {
  try {
    return wecomContent(content);
  } catch {
    return content.text === undefined ? {} : { text: content.text };
  }
}

/** The same fields as `info` tells them. */
export function toldAttached({
  link: card,
  video: film,
  file: paper,
  attachments = [],
  sender,
  senders = [],
}: WecomContent) {
  return {
    link: card ? { ...card } : null,
    video: film ?? null,
    file: paper ? { ...paper } : null,
    attachments: attachments.map((part) => ({ ...part })),
    sender: sender ?? "",
    senders: [...senders],
  };
}

const toldLink = z.strictObject({
  title: z.string(),
  url: z.string(),
  description: z.string().optional(),
  image: z.string().optional(),
});
const toldFile = z.strictObject({ url: z.string(), name: z.string() });
const toldCard = z.strictObject({
  title: z.string(),
  image: z.string(),
  page: z.string(),
  appId: z.string().optional(),
});

/** What `info` tells of them. */
export const toldFields = {
  link: toldLink.nullable(),
  video: z.string().nullable(),
  file: toldFile.nullable(),
  attachments: z.array(
    z.union([
      z.strictObject({ image: z.string() }),
      z.strictObject({ link: toldLink }),
      z.strictObject({ miniProgram: toldCard }),
      z.strictObject({ video: z.string() }),
      z.strictObject({ file: toldFile }),
    ]),
  ),
  sender: z.string(),
  senders: z.array(z.string()),
};

/** An attachment of a call, in the words of WeCom; files are told by the address that they were read from. */
export const sentAttachment = z.union([
  z.strictObject({ msgtype: z.literal("image"), image: z.strictObject({ pic_url: z.string() }) }),
  z.strictObject({
    msgtype: z.literal("miniprogram"),
    miniprogram: z.strictObject({
      title: z.string(),
      pic_url: z.string(),
      appid: z.string().nullable(),
      page: z.string(),
    }),
  }),
  z.strictObject({
    msgtype: z.literal("link"),
    link: z.strictObject({
      title: z.string(),
      picurl: z.string().optional(),
      desc: z.string().optional(),
      url: z.string(),
    }),
  }),
  z.strictObject({ msgtype: z.literal("video"), video: z.strictObject({ url: z.string() }) }),
  z.strictObject({ msgtype: z.literal("file"), file: z.strictObject({ url: z.string(), name: z.string() }) }),
]);

/** Attachments of a content in the order of the call. */
export function sentAttachments(content: WecomContent): readonly z.input<typeof sentAttachment>[] {
  return attachedParts(content).map(([, part]) => sent(part));
}

function sent(part: AttachedPart): z.input<typeof sentAttachment> {
  if ("image" in part) return { msgtype: "image", image: { pic_url: part.image } };
  if ("video" in part) return { msgtype: "video", video: { url: part.video } };
  if ("file" in part) return { msgtype: "file", file: { url: part.file.url, name: part.file.name } };
  if ("link" in part) {
    const { title, url, description, image } = part.link;
    return {
      msgtype: "link",
      link: {
        title,
        ...(image !== undefined && { picurl: image }),
        ...(description !== undefined && { desc: description }),
        url,
      },
    };
  }
  const { title, image, appId, page } = part.miniProgram;
  return { msgtype: "miniprogram", miniprogram: { title, pic_url: image, appid: appId ?? null, page } };
}
