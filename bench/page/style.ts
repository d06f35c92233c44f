/** All of the page's looks. The plots take their colours from the custom properties, in the reader's scheme. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --text: #18212c; --muted: #5a6672; --line: #dce1e7; --grid: #e8ebef; --link: #1a5fb4;
  --good: #13683f; --good-back: #dff3e7; --bad: #a3221d; --bad-back: #fbe3e1;
  --c1: #1f6fd6; --c2: #d0630b; --c3: #0d8a68; --c4: #8443c4; --c5: #c42a62; --c6: #8a6c00; --grey: #7f8a97; --faint: #c3cad2;
}
@media (prefers-color-scheme: dark) {
  :root:not(.paper) {
    --page: #0f1318; --card: #171d24; --text: #e4e9ef; --muted: #9ba7b4; --line: #2c3641; --grid: #242d37; --link: #7cb8ff;
    --good: #7ddba6; --good-back: #12352a; --bad: #ff9a92; --bad-back: #431d1d;
    --c1: #5aa5ff; --c2: #ff9d4d; --c3: #3fcfa3; --c4: #c490ff; --c5: #ff7fab; --c6: #e0bf3f; --grey: #8592a0; --faint: #46525f;
  }
}
:root.paper { color-scheme: light; --page: #ffffff; }
@page { size: A4 landscape; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 2px; font-size: 22px; letter-spacing: -0.005em; }
h3 { margin: 0; font-size: 16px; }
p { margin: 0; }
.lead { margin-top: 6px; }
a { color: var(--link); }
.lead, .intro { color: var(--muted); max-width: 105ch; }
.intro { margin-bottom: 14px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 10px 24px; margin: 20px 0; }
.facts dt { color: var(--muted); font-size: 13px; }
.facts dd { margin: 0; font-size: 15px; overflow-wrap: anywhere; }
.warning { background: var(--bad-back); color: var(--bad); font-weight: 600; padding: 10px 14px; border-radius: 8px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 12px 0; border-top: 1px solid var(--line);
  border-bottom: 1px solid var(--line); }
section { margin: 36px 0; scroll-margin-top: 12px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 18px; }
.plot, .card { margin: 0; min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
/* Captions of one row are as high as the highest, and so are its plots. */
.plot { display: grid; grid-row: span 2; grid-template-rows: subgrid; gap: 12px; padding: 16px 16px 12px; }
.plot:last-child:nth-child(odd) { grid-column: 1 / -1; }
.plot figcaption { display: grid; grid-template-columns: 1fr auto; gap: 4px 16px; align-content: start; align-items: start; }
.reading { grid-column: 1 / -1; color: var(--muted); font-size: 14px; }
.canvas { position: relative; min-width: 0; height: 100%; }
.canvas canvas { position: absolute; }
select { font: inherit; font-size: 14px; max-width: 60vw; padding: 3px 6px; color: var(--text); background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; }
details { margin-top: 14px; }
#claims table { width: 100%; }
summary { margin-bottom: 8px; cursor: pointer; color: var(--link); width: fit-content; }
.scroll { overflow-x: auto; padding: 4px 16px 12px; }
table { border-collapse: collapse; min-width: min(100%, 600px); font-size: 14px; font-variant-numeric: tabular-nums; }
.name { font-size: 14px; padding: 14px 16px 2px; }
.note { font-size: 13px; color: var(--muted); padding: 0 16px 2px; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 500; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
.figure { text-align: right; }
.figure, .word { white-space: nowrap; }
.prose { min-width: 18em; }
.mark { display: inline-block; white-space: nowrap; font-size: 13px; font-weight: 600; padding: 1px 9px; border-radius: 99px; }
.holds { color: var(--good); background: var(--good-back); }
.missed { color: var(--bad); background: var(--bad-back); }
footer { padding-bottom: 40px; color: var(--muted); font-size: 14px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 600px) {
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  header { padding-top: 24px; }
  .plot { padding: 14px 10px 8px; }
  .plot figcaption { grid-template-columns: 1fr; padding: 0 4px; }
  .facts { grid-template-columns: 1fr 1fr; }
  #claims thead { display: none; }
  #claims tr { display: grid; padding: 8px 0; border-bottom: 1px solid var(--line); }
  #claims tr:last-child { border: 0; }
  #claims td { padding: 2px 0; border: 0; justify-self: start; }
  #claims td::before { content: attr(data-label); color: var(--muted); }
  .scroll, .name, .note { padding-left: 12px; padding-right: 12px; }
}
@media print {
  nav, summary, select, #save { display: none; }
  .plot, tr { break-inside: avoid; }
  h2, h3, .intro, .note { break-after: avoid; }
  .plots { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; }
  table { font-size: 10px; }
  th, td { padding: 2px 8px 2px 0; }
  .figure, .word, th { white-space: normal; }
  canvas { max-width: 100% !important; height: auto !important; }
}
`
