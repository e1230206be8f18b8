// The shop's style: a small independent label, different from the product's.

export const style = `
:root { --ink: #1d1b26; --soft: #6d6878; --line: #e7e2ea; --paper: #fff; --ground: #faf7f4; --accent: #4b2fbf; --good: #13795b; --bad: #b3382c; --warm: #96620b; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15.5px/1.55 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: inherit; } button, input { font: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.page { max-width: 1160px; margin: 0 auto; padding: 0 24px 64px; }
.bar { display: flex; align-items: center; gap: 12px; padding: 22px 0; }
.brand { white-space: nowrap; display: flex; align-items: center; gap: 10px; font-weight: 700; letter-spacing: -.01em; font-size: 18px; text-decoration: none; }
.brand svg { width: 30px; height: 30px; }
.bar .tag { margin-left: auto; font-size: 12.5px; color: var(--soft); border: 1px solid var(--line); border-radius: 20px; padding: 3px 11px; background: var(--paper); white-space: nowrap; }
.cols { display: grid; grid-template-columns: minmax(0, 1fr) 336px; gap: 36px; align-items: start; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -.025em; margin: 14px 0 6px; font-weight: 720; text-wrap: balance; }
.lead { margin: 0 0 24px; color: var(--soft); max-width: 54ch; }
.goods { display: grid; grid-template-columns: repeat(3, 1fr); gap: 18px; }
.good-card { background: var(--paper); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; display: flex; flex-direction: column; }
.good-card svg { display: block; width: 100%; aspect-ratio: 8 / 5; }
.good-card div { padding: 15px 17px 17px; display: flex; flex-direction: column; flex: 1; }
.good-card h2 { margin: 0; font-size: 16.5px; letter-spacing: -.01em; }
.good-card p { margin: 3px 0 14px; color: var(--soft); font-size: 13.5px; flex: 1; }
.price { font-size: 21px; font-weight: 680; font-variant-numeric: tabular-nums; margin-bottom: 11px; } .price small { font-size: 12.5px; color: var(--soft); font-weight: 500; }
.buy { border: 0; border-radius: 11px; padding: 11px 14px; background: var(--ink); color: #fff; font-weight: 620; cursor: pointer; width: 100%; }
.buy:hover { background: var(--accent); } .buy[aria-busy=true] { opacity: .6; cursor: progress; }
.choices { margin-bottom: 18px; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; padding: 17px 19px; display: grid; grid-template-columns: 1fr 1.35fr; gap: 22px; }
.choices > * { border: 0; padding: 0; margin: 0; min-width: 0; }
.choices label.field span, .choices legend { display: block; padding: 0; font-size: 13px; font-weight: 600; margin-bottom: 7px; }
.choices input[type=email] { width: 100%; border: 1px solid var(--line); border-radius: 10px; padding: 8px 12px; background: var(--ground); color: var(--ink); }
.chips { display: flex; flex-wrap: wrap; gap: 7px; } .chips label { position: relative; }
.chips input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.chips span { display: block; border: 1px solid var(--line); border-radius: 10px; padding: 8px 13px; background: var(--ground); white-space: nowrap; }
.chips input:checked + span { border-color: var(--accent); color: var(--accent); background: #f2effd; font-weight: 600; } .chips input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }
aside { background: var(--paper); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; margin-top: 18px; }
aside header { padding: 16px 18px 13px; border-bottom: 1px solid var(--line); } aside h2 { margin: 0; font-size: 15px; } aside header p { margin: 2px 0 0; font-size: 12.5px; color: var(--soft); }
.told { list-style: none; margin: 0; padding: 0; max-height: 560px; overflow-y: auto; }
.told li { display: grid; grid-template-columns: 10px minmax(0, 1fr) auto; column-gap: 11px; padding: 10px 18px; border-bottom: 1px solid var(--line); align-items: baseline; font-size: 13.5px; }
.told li:last-child { border-bottom: 0; } .told .none { display: block; color: var(--soft); padding: 22px 18px; text-align: center; }
.told i { width: 8px; height: 8px; border-radius: 50%; background: var(--soft); align-self: center; }
.told .good { background: var(--good); } .told .bad { background: var(--bad); } .told .warm { background: #d99a1c; }
.told b { font-weight: 620; } .told small { grid-column: 2 / -1; color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; } .told time { color: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; }
.slip { max-width: 460px; margin: 6vh auto 0; background: var(--paper); border: 1px solid var(--line); border-radius: 20px; padding: 34px 34px 28px; text-align: center; box-shadow: 0 12px 44px rgb(29 27 38 / 7%); }
.slip h1 { font-size: 25px; margin: 0 0 6px; } .slip p { margin: 0 0 20px; color: var(--soft); overflow-wrap: anywhere; }
.slip dl { display: grid; grid-template-columns: auto 1fr; gap: 7px 18px; margin: 0 0 24px; padding: 16px 0; border: solid var(--line); border-width: 1px 0; font-size: 14px; }
.slip dt { color: var(--soft); text-align: left; } .slip dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.seal { width: 54px; height: 54px; border-radius: 50%; display: grid; place-items: center; margin: 0 auto 16px; background: var(--ground); color: var(--soft); }
.seal svg { width: 27px; height: 27px; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.seal.good { background: #dcf3ea; color: var(--good); } .seal.bad { background: #fbe6e3; color: var(--bad); } .seal.warm { background: #fdf1d3; color: var(--warm); }
.links { display: grid; gap: 9px; } .links a { display: block; border-radius: 11px; padding: 11px 14px; text-decoration: none; font-weight: 600; border: 1px solid var(--line); } .links a.main { background: var(--ink); color: #fff; border-color: var(--ink); } .links a:hover { border-color: var(--accent); } .links a.main:hover { background: var(--accent); }
@media (max-width: 960px) { .cols { grid-template-columns: minmax(0, 1fr); gap: 22px; } aside { margin-top: 0; } .told { max-height: 380px; } }
@media (max-width: 700px) { .page { padding: 0 16px 40px; } .bar { padding: 15px 0; } h1 { font-size: 27px; margin-top: 4px; } .lead { margin-bottom: 18px; } .goods { grid-template-columns: 1fr; gap: 12px; } .choices { grid-template-columns: 1fr; gap: 15px; }
  .chips { display: grid; grid-template-columns: auto auto auto auto; gap: 6px; } .chips span { padding: 8px 4px; text-align: center; font-size: 14.5px; }
  .good-card { flex-direction: row; } .good-card svg { width: 92px; height: 92px; aspect-ratio: 1; flex: none; margin: 16px 0 0 16px; border-radius: 12px; } .good-card p { margin-bottom: 7px; } .good-card .price { font-size: 18px; margin-bottom: 9px; } .slip { padding: 28px 20px 22px; margin-top: 2vh; } }
`;
