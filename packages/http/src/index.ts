export { addressesFor, type ShowAddress } from "./addresses.js";
export type { Authorize } from "./authorize.js";
export { type Caller, type HostCaller, isReading } from "./caller.js";
export { type CallerCall, changeOnce, type RecordChange, takesKey } from "./change-once.js";
export { type Composition, compose } from "./compose.js";
export type { HttpContext } from "./context.js";
export { type Envelope, faultOf, faultSchema, PROBLEM, type WrittenError } from "./envelope.js";
export type { HttpErrorCode } from "./error-codes.js";
export { type Failure, failureOf } from "./failure.js";
export type { FetchInfo } from "./fetch-visit.js";
export { createFrame, type Frame, type FrameOptions } from "./frame.js";
export type { HostPorts } from "./host-context.js";
export { HttpError, type HttpErrorOptions } from "./http-error.js";
export { defineModule, type Module, type ModuleMigrations, type PermissionFacts } from "./module.js";
export { type NodeHandler, type NodeHandlerOptions, toNodeHandler } from "./node/node-handler.js";
export type { NodeRequest } from "./node/node-visit.js";
export { type OpenApiDocument, type OpenApiFacts, openApiDocument } from "./openapi.js";
export {
  cursorPage,
  idParams,
  instantField,
  numberedPage,
  numberedPageFields,
  pageFields,
  sinceField,
  wholeNumber,
} from "./query-fields.js";
export { type CountRequest, NO_LIMITS, type RateLimits } from "./rate-limits.js";
export { type RecallkitApp, type RecallkitAppOptions, recallkitApp } from "./recallkit-app.js";
export {
  type AcceptedBytes,
  type AcceptedRows,
  type Access,
  type Call,
  defineRoute,
  type Headers,
  type OtherAnswer,
  type Reply,
  type Route,
  type RouteFacts,
  type RouteSpec,
  reply,
  routesIn,
} from "./route.js";
export { parseWith, says } from "./texts/input-faults.js";
export { type Language, preferredLanguage, type Text, type Texts } from "./texts/language.js";
export { type TextBook, textBook } from "./texts/text-book.js";
export { type TraceContext, traceHeaders } from "./trace-context.js";
export type { Answer, Visit } from "./visit.js";
