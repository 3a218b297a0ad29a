import { describe } from "vitest";
import type { SegmentWrite } from "../ports/segment-store.js";
import { segmentStoreConformance } from "./index.js";
import {
  broken,
  brokenBy,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  skipsRow,
  takes,
  tells,
} from "./testing/broken.js";

const narrowed = <W extends SegmentWrite>(write: W): W => ({
  ...write,
  description: write.description && narrow(write.description),
});

describe("segments", () => {
  provesEveryCase(segmentStoreConformance, {
    "narrows text": broken({ segments: { insert: takes((tenantId, write) => [tenantId, narrowed(write)]) } }, [
      "a saved segment comes back with every field",
    ]),
    "gives segments in the order of the ids": broken(
      { segments: { get: tells((found, _, ids) => ids.flatMap((id) => found.find((one) => one.id === id) ?? [])) } },
      ["segments of ids come by ascending id, each once"],
    ),
    "lets every edit win": broken({ segments: { edit: merelyTells(true) } }, [
      "edits of one revision are made once, and never of an archived segment",
    ]),
    "compares names in lower case": broken(
      {
        segments: { insert: takes((tenantId, write) => [tenantId, { ...write, name: write.name.toLowerCase() }]) },
      },
      ["names are unique byte by byte among those that are not archived"],
    ),
    "lists whatever is there": broken(
      { segments: { list: takes((tenantId, { cursor, limit }) => [tenantId, { cursor, limit }]) } },
      ["lists go by name, and by whether segments are archived"],
    ),
    "loses a row between pages": broken({ segments: { list: tells((page) => skipsRow(page)) } }, [
      "lists go by name, and by whether segments are archived",
    ]),
    "keeps every size": broken(
      { segments: { putSizes: takes((tenantId, sizes) => [tenantId, sizes, "0000-01-01"]) } },
      ["the last size of a day holds, and sizes end with their days"],
    ),
    "ignores tenantId": brokenBy(mixTenants, ["segments of tenants are apart"]),
    "forgets on reopen": forgetful(["segments and their sizes are there after a restart"]),
  });
});
