import { formatLocal } from "@recallkit/core/ports";

/** When people may be called, wall time of where they are: from the first minute on, up to the last and not with it. */
export interface CallingHours {
  readonly from: string;
  readonly to: string;
}

/** What holds where nothing else is said. */
export const DEFAULT_CALLING_HOURS: CallingHours = { from: "08:00", to: "20:00" };

/** Whether people in a zone may be called at an instant. */
export function mayCall({ from, to }: CallingHours, zone: string, now: number): boolean {
  const time = formatLocal(now, zone).slice(11, 16);
  return time >= from && time < to;
}
