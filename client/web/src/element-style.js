//! The look of `<repartee-call>`. It takes the font of the site around it; colours are custom properties.

export const STYLE = `
:host { color-scheme: light dark; display: block; max-width: 28rem; container-type: inline-size; font-size: 1rem; line-height: 1.5;
  --paper: var(--repartee-paper, #fffdf9); --ink: var(--repartee-ink, #1f1c18); --soft: #5f5850; --faint: #78706a; --rule: #ddd5c7;
  --caller: var(--repartee-caller, #0c6a58); --agent: var(--repartee-agent, #3a4bb8); --on-colour: #fffdf9; --end: #a92c1f; --warn: #8a5300; }
@media (prefers-color-scheme: dark) { :host { --paper: var(--repartee-paper, #201e1c); --ink: var(--repartee-ink, #f2ede4); --soft: #b9b0a4; --faint: #938a80; --rule: #45403b;
  --caller: var(--repartee-caller, #6fd0b8); --agent: var(--repartee-agent, #a9b6ff); --on-colour: #11100f; --end: #ff9a8a; --warn: #f2c274; } }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p { margin: 0; }
.card { display: flex; flex-direction: column; gap: 0.6rem; padding: 0.9rem; border: 1px solid var(--rule); border-radius: 1.25rem; background: var(--paper); color: var(--ink); }
.card:focus { outline: 0; }
.script { max-height: 18rem; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; }
.script[data-empty="true"] { display: none; }
.line { margin-bottom: 0.75rem; }
.who { font-size: 0.8rem; font-weight: 600; }
.caller .who { color: var(--caller); } .agent .who { color: var(--agent); }
.words { overflow-wrap: anywhere; white-space: pre-wrap; }
.caller .words { font-style: italic; }
.ahead, .cut { color: var(--faint); } .cut { text-decoration: line-through; text-decoration-color: var(--end); }
.waiting .words::after { content: "…"; color: var(--faint); }
.note, .mark .words { font-size: 0.85rem; color: var(--soft); } [data-phase="failed"] .note { color: var(--warn); }
.source { font-size: 0.85rem; color: var(--soft); } .source summary { cursor: pointer; } .source .file { margin-left: 0.5rem; color: var(--faint); }
.source blockquote { margin: 0.3rem 0; padding-left: 0.7rem; border-left: 2px solid var(--agent); color: var(--ink); white-space: pre-wrap; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.status { flex: 1 1 8rem; font-size: 0.9rem; color: var(--soft); }
.status.trouble { color: var(--warn); flex-basis: 100%; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0 1.1rem; border-radius: 99rem; border: 1px solid var(--rule); background: transparent; color: inherit; cursor: pointer; }
button[aria-disabled="true"] { opacity: 0.65; cursor: default; }
button.call { background: var(--caller); border-color: var(--caller); color: var(--on-colour); }
button.end { background: var(--end); border-color: var(--end); color: var(--on-colour); }
button[aria-pressed="true"] { background: var(--ink); color: var(--paper); }
form { display: flex; gap: 0.5rem; }
input { flex: 1; min-width: 0; font: inherit; color: inherit; background: transparent; border: 1px solid var(--faint); border-radius: 99rem; min-height: 2.75rem; padding: 0 1rem; }
input::placeholder { color: var(--faint); opacity: 1; }
:focus-visible { outline: 3px solid var(--agent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
