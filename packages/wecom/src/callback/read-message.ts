import type { CallbackFacts, MemberMessage } from "./events.js";
import { allOf, someOf } from "./read-facts.js";
import { childText, type XmlElement } from "./xml.js";

/** A message in the forms that WeCom and official accounts share; undefined when it is none of them. */
export function readMessage(xml: XmlElement, facts: CallbackFacts): MemberMessage | undefined {
  const messageId = childText(xml, "MsgId");
  if (messageId === undefined) return undefined;
  const known = { ...facts, messageId };
  switch (childText(xml, "MsgType")) {
    case "text":
      return { ...known, kind: "text", content: childText(xml, "Content") ?? "" };
    case "image": {
      const media = allOf(xml, { mediaId: "MediaId" });
      return media && { ...known, kind: "image", ...media, picUrl: childText(xml, "PicUrl") ?? "" };
    }
    case "voice": {
      const media = allOf(xml, { mediaId: "MediaId" });
      return media && { ...known, kind: "voice", ...media, format: childText(xml, "Format") ?? "" };
    }
    case "video": {
      const media = allOf(xml, { mediaId: "MediaId" });
      return media && { ...known, kind: "video", ...media, thumbMediaId: childText(xml, "ThumbMediaId") ?? "" };
    }
    case "location": {
      const {
        x = "",
        y = "",
        scale = "",
        label = "",
      } = someOf(xml, {
        x: "Location_X",
        y: "Location_Y",
        scale: "Scale",
        label: "Label",
      });
      const [latitude, longitude] = [Number.parseFloat(x), Number.parseFloat(y)];
      if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return undefined;
      return { ...known, kind: "location", latitude, longitude, scale: Number.parseInt(scale, 10) || 0, label };
    }
    case "link": {
      const link = allOf(xml, { url: "Url" });
      const { title = "", description = "" } = someOf(xml, { title: "Title", description: "Description" });
      return link && { ...known, kind: "link", ...link, title, description };
    }
    default:
      return undefined;
  }
}
