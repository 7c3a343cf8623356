/* Consent: what the business needs before it writes first, and the words by
 * which people give it and take it back. */

import { LANGUAGE_FIELD, languageName } from "./channel_sections.js";
import { repeating } from "./repeating.js";

const LEVELS = [
  ["implicit", "Nothing more than that they wrote"],
  ["explicit", "A word that agrees", "Somebody has to send one of the words below first."],
  ["double", "Two words", "They agree, are asked once more, and confirm."],
];

const words = (name, label, help) => ({
  name, label, kind: "list", help, initial: [], placeholder: "STOP, END", wrong: "At most 20 words of at most 40 characters.",
});
const said = (name, label) => ({ name, label, kind: "area", rows: 2, initial: "", optional: true });

/* As the settings call them, and as this page does. */
const CALLED = { double_opt_in: "confirming", opt_in: "agreeing", opt_out: "stopping" };
const called = (hint) => hint.replace(/double_opt_in|opt_in|opt_out/g, (name) => CALLED[name]);

/* A beginning in the language of most templates; to be changed. */
const ENGLISH = {
  language: "en",
  opt_in: ["START", "YES"],
  double_opt_in: ["CONFIRM"],
  opt_out: ["STOP"],
  help: ["HELP"],
  opt_in_answer: "Thank you. We may write to you here. Send STOP to end it.",
  double_opt_in_answer: "Thank you, that is confirmed. Send STOP to end it.",
  opt_out_answer: "We will not write to you first any more.",
  help_answer: "You are writing with our support team. Send STOP and we will not write to you first.",
  opt_in_prompt: "May we write to you here? Send YES to agree.",
  double_opt_in_prompt: "Please send CONFIRM to make sure that it was you.",
};
const EMPTY = { language: "", opt_in: [], double_opt_in: [], opt_out: [], help: [] };

export const consentSection = () => ({
  id: "consent",
  title: "Consent",
  lead: "What you need before you write first, without being asked. A word counts when it is the whole message, whatever its case.",
  fields: [
    { name: "consent.required", label: "Needed before you write first", kind: "choice", options: LEVELS },
    { name: "consent.version", label: "Version of the wording", required: true, code: true, most: 32, pattern: /^[A-Za-z0-9._-]{1,32}$/, wrong: "Letters, digits, dots and hyphens.", style: "half", help: "Recorded with each consent." },
    {
      name: "consent.keywords",
      control: repeating,
      label: "Words",
      told: called,
      none: "There are none. A channel that needs consent opens only once it has words for yes, no and help.",
      addLabel: "Add words in a language",
      titleOf: (one) => languageName(one.language),
      fresh: (there) => structuredClone(there.length ? EMPTY : ENGLISH),
      fields: [
        LANGUAGE_FIELD,
        words("opt_in", "Agree", "Separated by commas."),
        said("opt_in_prompt", "Asked first"),
        said("opt_in_answer", "Answer to agreeing"),
        words("double_opt_in", "Confirm", "Only where two words are needed."),
        said("double_opt_in_prompt", "Asked before confirming"),
        said("double_opt_in_answer", "Answer to confirming"),
        words("opt_out", "Stop", "Ends it, at once."),
        said("opt_out_answer", "Answer to stopping"),
        words("help", "Help", "Asks what this is."),
        said("help_answer", "Answer to asking for help"),
      ],
    },
  ],
});
