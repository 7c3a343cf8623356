/* How the privacy pages call what the API names, and times to come. */

import { day } from "./when.js";

const AHEAD = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });
const STEPS = [["second", 1], ["minute", 60], ["hour", 3600], ["day", 86_400], ["month", 2_629_800], ["year", 31_557_600]];

/** "in 5 minutes", "in 2 years"; of what has passed "5 minutes ago". */
export function aheadOf(at, now = Date.now() / 1000) {
  const left = at - now;
  const [unit, size] = STEPS.findLast(([, seconds]) => Math.abs(left) >= seconds) ?? STEPS[0];
  return AHEAD.format(Math.trunc(left / size), unit);
}

/** A day of the due date's own: it ends at midnight in UTC. */
export const dueDay = (at) => day(at - 1);

/** A text of the registry's without the marks that documents need. */
export const plain = (text) => text.replaceAll("`", "");

export const sentence = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

export const RESTRICTIONS = [
  ["do_not_process", "Do not process", "Nothing is handed to applications, and nothing is collected about device, page or place. Agents still answer."],
  ["do_not_profile", "Do not profile", "Device, page, place, cookies and private data are dropped."],
  ["do_not_locate", "Do not locate", "Neither the address nor the place is kept."],
  ["do_not_store", "Do not store", "Words pass through, and are kept nowhere. Files are refused."],
];

export const restrictionName = (name) => RESTRICTIONS.find(([one]) => one === name)?.[1] ?? name;

export const RESTRICTION_REASONS = [
  ["asked", "The person asked for it"],
  ["accuracy_contested", "They contest that the data are right"],
  ["unlawful", "It is unlawful, and they oppose erasure"],
  ["legal_claims", "They need it for legal claims"],
  ["objection", "They objected, and that is being looked at"],
];

export const HOLD_REASONS = [
  ["litigation", "Litigation"],
  ["investigation", "Investigation"],
  ["regulator", "A regulator asks for it"],
  ["customer", "The customer needs it for a claim"],
  ["other", "Other"],
];

export const LEVELS = [
  ["opted_out", "Opted out"],
  ["implicit", "Implicit"],
  ["explicit", "Explicit"],
  ["double", "Explicit, and confirmed"],
];

export const levelName = (level) => LEVELS.find(([one]) => one === level)?.[1] ?? level;

export const KINDS = [
  ["access", "Access"],
  ["erasure", "Erasure"],
  ["rectification", "Rectification"],
  ["restriction", "Restriction"],
  ["portability", "Portability"],
  ["objection", "Objection"],
  ["withdrawal", "Withdrawal of consent"],
];

export const kindName = (kind) => KINDS.find(([one]) => one === kind)?.[1] ?? kind;

export const LAWS = [["gdpr", "GDPR: one month, three with notice"], ["ccpa", "CCPA: 45 days, 90 with notice"]];

export const CLASSIFICATIONS = [
  ["public", "Public"],
  ["internal", "Internal"],
  ["confidential", "Confidential"],
  ["restricted", "Restricted"],
];

export const BASES = [
  ["", "Not said yet"],
  ["consent", "Consent (6 (1) a)"],
  ["contract", "Contract (6 (1) b)"],
  ["legal_obligation", "Legal obligation (6 (1) c)"],
  ["vital_interests", "Vital interests (6 (1) d)"],
  ["public_task", "Public task (6 (1) e)"],
  ["legitimate_interests", "Legitimate interests (6 (1) f)"],
  ["not_personal", "Nothing about a person"],
];

export const basisName = (basis) => BASES.find(([one]) => one === (basis ?? ""))?.[1] ?? basis;
export const classificationName = (name) => CLASSIFICATIONS.find(([one]) => one === name)?.[1] ?? name;

const PHASES = {
  open: ["nothing said yet", null],
  served: ["with an application", "good"],
  waiting: ["waiting", "warn"],
  active: ["going on", "good"],
  closed: ["kept", null],
  ending: ["being erased", null],
  gone: ["gone", null],
};

/** What a phase is called, and how its badge looks. */
export const phaseOf = (phase) => PHASES[phase] ?? [phase, null];

export const ERASURE_STEPS = [
  ["asked", "Written down"],
  ["ending", "Ending and erasing conversations"],
  ["shredding", "Overwriting the key, removing the records"],
  ["clearing", "Clearing what refers to them"],
  ["telling", "Telling the applications"],
  ["done", "Done"],
];
