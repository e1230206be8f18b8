// One style for all pages; a provider only sets its accent.

export const style = `
:root { --ink: #16181d; --soft: #626a76; --line: #e3e6eb; --paper: #fff; --ground: #f4f5f8; --accent: #3b4252;
  --good: #12805c; --bad: #b3382c; --busy: #9a6700; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
button { font: inherit; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.checkout { min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; }
.card { width: 100%; max-width: 430px; background: var(--paper); border: 1px solid var(--line); border-radius: 18px; overflow: hidden;
  box-shadow: 0 12px 40px rgb(22 24 29 / 8%); }
.card header { padding: 22px 26px 20px; border-top: 5px solid var(--accent); border-bottom: 1px solid var(--line); }
.maker { display: flex; justify-content: space-between; color: var(--soft); font-size: 13px; }
.maker b { color: var(--accent); font-weight: 650; letter-spacing: .01em; }
.title { margin: 16px 0 0; color: var(--soft); overflow-wrap: anywhere; }
.amount { font-size: 38px; line-height: 1.2; font-weight: 680; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.amount small { font-size: 17px; font-weight: 550; color: var(--soft); letter-spacing: 0; }
.state { display: flex; align-items: center; gap: 12px; padding: 14px 26px; border-bottom: 1px solid var(--line); }
.state p { margin: 0; font-weight: 600; } .state code { color: var(--soft); font-size: 12px; }
.mark { flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center; background: var(--ground); color: var(--soft); }
.mark svg { width: 19px; height: 19px; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.good .mark { background: #dcf3ea; color: var(--good); } .bad .mark { background: #fbe6e3; color: var(--bad); } .busy .mark { background: #fdf1d3; color: var(--busy); }
.clock { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; font-size: 14px; }
dl { margin: 0; padding: 14px 26px; display: grid; grid-template-columns: auto 1fr; gap: 6px 18px; font-size: 13.5px; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.acts { padding: 6px 26px 24px; display: grid; gap: 10px; }
.acts form { display: grid; }
.acts button, .acts a.return { border-radius: 11px; padding: 11px 14px; border: 1px solid var(--line); background: var(--paper); color: var(--ink); text-align: center; text-decoration: none; font-weight: 550; }
.acts button:hover { border-color: var(--accent); }
.acts button.main, .acts a.return { background: var(--accent); border-color: var(--accent); color: #fff; font-weight: 650; padding: 13px 14px; }
.acts button.main:hover { filter: brightness(1.07); }
.pairs { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.pairs button { font-size: 13.5px; padding: 9px 8px; height: 100%; }
.pairs form:last-child:nth-child(odd) { grid-column: 1 / -1; }
.acts a.return.quiet { background: none; border-color: var(--line); color: var(--ink); font-weight: 550; padding: 11px 14px; }
.acts h2 { margin: 10px 0 0; font-size: 12.5px; font-weight: 550; color: var(--soft); }
.acts button.leave { border: 0; background: none; color: var(--soft); font-weight: 500; text-decoration: underline; text-underline-offset: 3px; padding: 4px; }
.note { margin: 0; padding: 11px 26px; background: var(--ground); border-top: 1px solid var(--line); color: var(--soft); font-size: 12.5px; text-align: center; }
.warn { margin: 14px 26px 0; padding: 9px 13px; border-radius: 10px; background: #fdf1d3; color: #6d4a00; font-size: 13.5px; }

.control { max-width: 1180px; margin: 0 auto; padding: 30px 20px 60px; }
.control h1 { margin: 0; font-size: 25px; letter-spacing: -.015em; } .control > p { margin: 4px 0 22px; color: var(--soft); }
.control h2 { margin: 32px 0 10px; font-size: 16px; }
.scroll table { min-width: 720px; } .scroll table.faults { min-width: 940px; }
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
th, td { text-align: left; padding: 9px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 550; font-size: 12.5px; white-space: nowrap; }
.faults thead th { font-size: 15px; font-weight: 650; color: var(--accent); border-top: 4px solid var(--accent); padding-top: 12px; }
.faults thead th:first-child { border-top-color: transparent; }
.faults { table-layout: fixed; } .faults th:first-child { width: 22%; }
.faults tbody th { font-weight: 550; } .faults tbody th small { display: block; color: var(--soft); font-weight: 400; }
select, .faults td > input { font: inherit; padding: 5px 8px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); width: 100%; max-width: 118px; }
select.on, label.on { border-color: var(--bad); color: var(--bad); font-weight: 600; }
label.switch { display: inline-flex; align-items: center; gap: 8px; cursor: pointer; }
.switch input { appearance: none; width: 36px; height: 21px; margin: 0; border-radius: 21px; background: #c9ced6; position: relative; cursor: pointer; transition: background .15s; }
.switch input::after { content: ""; position: absolute; top: 3px; left: 3px; width: 15px; height: 15px; border-radius: 50%; background: #fff; transition: left .15s; }
.switch input:checked { background: var(--bad); } .switch input:checked::after { left: 18px; }
.kinds { display: grid; gap: 2px; font-size: 12.5px; color: var(--soft); } .kinds label { display: flex; gap: 6px; align-items: center; } .kinds input { accent-color: var(--accent); margin: 0; }
.calm { border: 1px solid var(--line); background: var(--paper); border-radius: 8px; padding: 5px 12px; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--accent); margin-right: 8px; }
.ok { color: var(--good); } .no { color: var(--bad); } .dim { color: var(--soft); }
th.num { text-align: right; } td.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td:has(.dot) { white-space: nowrap; } td.mono { min-width: 21ch; font: 12.5px/1.6 ui-monospace, Menlo, monospace; overflow-wrap: anywhere; }
.control a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; } .control a:hover { text-decoration-color: currentColor; }
.wares { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 16px; }
.ware { display: grid; gap: 8px; padding: 18px; background: var(--paper); border: 1px solid var(--line); border-top: 4px solid var(--accent); border-radius: 14px; }
.ware > b { font-size: 17px; } .ware > span { color: var(--soft); } .ware small { color: var(--soft); overflow-wrap: anywhere; } .ware label { display: flex; gap: 8px; align-items: center; justify-content: space-between; font-size: 13.5px; color: var(--soft); }
.ware label:has([type=checkbox]) { justify-content: start; }
.ware input:not([type=checkbox]) { font: inherit; min-width: 0; width: 150px; padding: 4px 8px; border: 1px solid var(--line); border-radius: 8px; }
.tools { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
.ware button, .tools button, .tools a { border: 1px solid var(--line); background: var(--paper); border-radius: 9px; padding: 8px 14px; color: var(--ink); text-decoration: none; }
.ware button.main { background: var(--accent); border-color: var(--accent); color: #fff; font-weight: 650; }
@media (max-width: 480px) { .amount { font-size: 32px; } .card header, .state, dl, .acts { padding-left: 20px; padding-right: 20px; } }
`;
