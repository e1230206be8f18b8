import { html, raw } from 'hono/html';
import { style } from './style.ts';

export type Html = ReturnType<typeof html>;

/** A page of the sandbox. `accents` is the style of its themes; `theme` names the one of this page. */
export function frame(input: { title: string; theme: string; accents: string; body: Html; script: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${input.title}</title>
<style>${raw(style)}${raw(input.accents)}</style>
</head>
<body class="${input.theme}">
${input.body}
<script>${raw(input.script)}</script>
</body>
</html>`;
}

export function accent(theme: string, colour: string): string {
  return `.${theme} { --accent: ${colour}; }`;
}
