import { html, raw } from 'hono/html';
import { eachProvider, type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { simulators } from '../registry.ts';
import { style } from './style.ts';

export type Html = ReturnType<typeof html>;

export const makers: Readonly<Record<ProviderName, string>> = eachProvider((name) => simulators[name].maker);

const accents = providerNames.map((name) => `.${name} { --accent: ${simulators[name].accent}; }`).join(' ');

export function page(input: { title: string; theme: string; body: Html; script: string }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${input.title}</title>
<style>${raw(style)}${raw(accents)}</style>
</head>
<body class="${input.theme}">
${input.body}
<script>${raw(input.script)}</script>
</body>
</html>`;
}

const paths = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  busy: 'M12 6.5v6l3.5 2M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
  waiting: 'M12 4v10M7.5 10l4.5 4.5L16.5 10M5 19.5h14',
} as const;

export function mark(tone: keyof typeof paths): Html {
  return html`<span class="mark"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${paths[tone]}"/></svg></span>`;
}
